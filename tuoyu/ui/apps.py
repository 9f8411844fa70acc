"""界面组件：基础模板、组件、样式、图标与行为。"""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """界面组件应用。"""

    name = "tuoyu.ui"
    label = "ui"
    verbose_name = "界面组件"
