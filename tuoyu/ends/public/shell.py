"""门户外壳：its own small menu, whoever looks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.domains.policies.books import current_book

WHY = "机构信息公开与政策公开，不含个人信息"
ENTRIES = [
    ("找托育", "public:home"),
    ("政策", "public:policy"),
    ("公示", "public:publicity"),
    ("星级", "public:stars"),
    ("育儿", "public:articles"),
    ("投诉", "public:complaint_new"),
]


def show(request: HttpRequest, template: str, current: str, **context: Any) -> HttpResponse:
    """出一页。"""
    entries = [*ENTRIES]
    if "voucher" in current_book().rules:
        entries.append(("托育券", "public:vouchers"))
    menu = [
        {"title": title, "url": reverse(route), "current": route == current}
        for title, route in entries
    ]
    return render(request, template, {"menu": menu, **context})
