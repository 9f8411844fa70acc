"""账号页：where signing in leads, role switch, one's own account."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import NotFound
from tuoyu.domains.identity.models import User
from tuoyu.domains.identity.roles import ROLES
from tuoyu.domains.identity.selectors import list_assignments


def _user(request: Request) -> User:
    return User.objects.get(pk=request.actor.user_id or 0)


@page(None, title="进入", signed_in=True)
def home(request: Request) -> HttpResponse:
    """按角色进入各端。"""
    role = ROLES.get(request.actor.role)
    return redirect(role.home if role else "account_me")


@page(None, title="切换角色", log="切换角色", signed_in=True, methods=("GET", "POST"))
def switch_role(request: Request, assignment_id: int) -> HttpResponse:
    """切换角色：without signing in again; only to one's own, present assignments."""
    found = {a.pk: a for a in list_assignments(_user(request), clock.today())}
    if assignment_id not in found:
        raise NotFound
    request.session["assignment"] = assignment_id
    return redirect(ROLES[found[assignment_id].role].home)


@page(None, title="我的账号", signed_in=True)
def me(request: Request) -> HttpResponse:
    """我的账号。"""
    user = _user(request)
    return render(
        request,
        "account/me.html",
        {
            "user_row": user,
            "has_password": user.has_usable_password(),
            "page_title": "我的账号",
            "assignments": [
                {"title": a.post or ROLES[a.role].title, "row": a}
                for a in list_assignments(user, clock.today())
            ],
        },
    )
