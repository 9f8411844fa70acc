from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "tuoyu.domains.reports"
    label = "reports"

    def ready(self) -> None:
        """登记消息处理。"""
        from tuoyu.domains.reports import handlers  # noqa: F401
