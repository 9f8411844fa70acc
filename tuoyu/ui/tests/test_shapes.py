"""图形尺寸、头像、图标。"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tuoyu.ui import faces, finders, icons, shapes


def test_target_bar_places_value_and_mark() -> None:
    bar = shapes.target_bar(Decimal("4.3"), Decimal("4.6"), 6)
    assert (bar.fill, bar.mark) == ("215.0", "230.0")


def test_target_bar_never_leaves_its_frame() -> None:
    bar = shapes.target_bar(200, -5, 100)
    assert (bar.fill, bar.mark) == ("300.0", "0.0")


def test_missing_value_is_no_bar_not_a_zero_bar() -> None:
    assert shapes.target_bar(None, 60, 100).fill is None
    assert shapes.target_bar(0, 60, 100).fill == "0.0"


def test_forecast_cells_fill_the_row_and_mark_the_line() -> None:
    row = shapes.forecast(list("alaaaa............"), 11)
    assert [cell.kind for cell in row.cells][:3] == ["a", "l", "a"]
    last = row.cells[-1]
    assert Decimal(last.x) + Decimal(last.width) <= 358
    assert Decimal(row.cells[10].x) < Decimal(row.mark or 0) < Decimal(row.cells[11].x)


def test_forecast_of_a_long_or_empty_month_stands() -> None:
    assert len(shapes.forecast(["a"] * 31, 31).cells) == 31
    assert shapes.forecast([], 0).cells == []


def test_same_number_same_face_and_many_faces() -> None:
    assert faces.face(4503599627370497) == faces.face(4503599627370497)
    seen = {faces.face(number) for number in range(200)}
    assert len(seen) > 60
    assert {ground for ground, _ in seen} == set(range(1, 7))


def test_icons_are_drawn_once_each() -> None:
    text = icons.SPRITE.read_text("utf-8")
    assert text.count("<symbol ") == len(icons.drawn_names())
    assert "fill=" not in text


def test_unknown_icon_is_refused() -> None:
    with pytest.raises(KeyError):
        icons.resolve("nosuch")


def test_finder_serves_its_list_only() -> None:
    finder = finders.NodeModulesFinder()
    for path in finders.FILES:
        assert finder.find(path), f"{path}：请先运行 npm ci"
    assert finder.find("vendor/../package.json") == []
    assert finder.find("vendor/htmx/htmx.js") == []
    assert {path for path, _ in finder.list(None)} == set(finders.FILES)
