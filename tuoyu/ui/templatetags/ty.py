"""界面标签与过滤器：`{% load ty %}`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django import template
from django.forms import BoundField, Widget, widgets
from django.http import QueryDict
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe

from tuoyu.core import identifiers
from tuoyu.ui import faces, icons, shapes, words

register = template.Library()


def given(value: Any) -> Any:
    """未给即无：a template hands over "" for a name that is not there; missing is never zero."""
    return None if value == "" else value


def _missing_is_none(function: Callable[..., str]) -> Callable[..., str]:
    @wraps(function)
    def inner(value: Any, *args: Any) -> str:
        return function(given(value), *args)

    return inner


for _filter in (
    words.yuan,
    words.yuan_signed,
    words.wan,
    words.age,
    words.mask_name,
    words.mask_phone,
    words.mask_id,
    words.when,
    words.percent1,
    words.permille1,
    words.permille2,
    words.remaining,
):
    register.filter(_filter.__name__, _missing_is_none(_filter))


@register.simple_tag
def icon(name: str, size: str = "", label: str = "", cls: str = "") -> SafeString:
    """图标：decorative unless a label is given; size s (16), l (28) or empty (20)."""
    classes = " ".join(part for part in ("i", f"i--{size}" if size else "", cls) if part)
    name = icons.resolve(str(name))
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="#i-{}"/></svg>',
            classes,
            label,
            name,
        )
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="#i-{}"/></svg>', classes, name
    )


@register.simple_tag
def avatar(number: int | str, size: int = 44, label: str = "") -> SafeString:
    """头像：`{% avatar child.id %}`; beside a name it stays silent, alone it takes a label."""
    ground, drawing = faces.face(number)
    voice = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else mark_safe('aria-hidden="true"')
    )
    return format_html(
        '<svg class="av b{}" width="{}" height="{}" viewBox="0 0 64 64" {}>{}</svg>',
        ground,
        size,
        size,
        voice,
        mark_safe(drawing),  # noqa: S308 — our own constant drawing
    )


@register.inclusion_tag("ui/c/clock.html")
def clock(
    text: str, share: int = 100, minutes: int | None = None, at: Any = None
) -> dict[str, Any]:
    """剩余时限：share 0–100 of the time left; `at` (a datetime) lets the page count down."""
    share, minutes = given(share) or 0, given(minutes)
    level = words.clock_level(share, minutes)
    ring = 100 if minutes is not None and minutes < 0 else max(0, min(100, share))
    return {"text": text, "ring": ring, "level": level, "at": at}


@register.inclusion_tag("ui/c/target.html")
def target_bar(
    value: shapes.Number | None,
    target: shapes.Number | None = None,
    full: shapes.Number | None = None,
    reached: bool = False,
    screen: bool = False,
) -> dict[str, Any]:
    """达标条：value and target on a common scale; the target is a mark, not a colour."""
    bar = shapes.target_bar(given(value), given(target), given(full))
    return {"bar": bar, "reached": reached, "screen": screen}


@register.inclusion_tag("ui/c/cells.html")
def forecast(
    days: Iterable[str], mark: int = 0, mark_text: str = "", first: str = "", last: str = ""
) -> dict[str, Any]:
    """出勤预报格：`days` are a (attended), l (leave) or anything else for a day to come."""
    return {
        "row": shapes.forecast(list(days), given(mark) or 0),
        "mark_text": mark_text,
        "first": first,
        "last": last,
    }


@register.inclusion_tag("ui/c/field.html")
def field(bound: BoundField, icon: str = "", wide: bool = False, hint: str = "") -> dict[str, Any]:
    """表单项：label, control, help and errors tied together by aria-describedby."""
    name = bound.auto_id or bound.html_name
    notes = [f"{name}-help"] if bound.help_text or hint else []
    notes += [f"{name}-error"] if bound.errors else []
    attrs: dict[str, Any] = {"aria-describedby": " ".join(notes)} if notes else {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    kind = control_kind(bound.field.widget)
    if kind == "box":
        own = bound.field.widget.attrs.get("class", "")
        attrs["class"] = f"ty-input {own}".strip()
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attrs),
        "kind": kind,
        "icon": icon,
        "wide": wide,
        "help": bound.help_text or hint,
        "id": name,
    }


def control_kind(widget: Widget) -> str:
    """控件种类：how a form field is framed (several choices stand in a fieldset)."""
    if isinstance(widget, widgets.HiddenInput):
        return "hidden"
    if isinstance(
        widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple | widgets.MultiWidget
    ):
        return "set"
    if isinstance(widget, widgets.CheckboxInput):
        return "check"
    return "file" if isinstance(widget, widgets.FileInput) else "box"


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """查询串：the present query with some keys changed, for pager, sort and filters."""
    request = context.get("request")
    params = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for key, value in changes.items():
        if value in (None, ""):
            params.pop(key, None)
        else:
            params[key] = str(value)
    return f"?{params.urlencode()}"


@register.simple_tag
def submit_key() -> SafeString:
    """防重复提交：a hidden key that the server accepts once."""
    return format_html('<input type="hidden" name="submit_key" value="{}">', identifiers.uuid7())


@register.simple_tag
def chart_data(option: dict[str, Any], chart_id: str) -> SafeString:
    """图表数据：a JSON data block; it is not executed, so a strict CSP lets it stand."""
    return json_script(option, f"{chart_id}-option")
