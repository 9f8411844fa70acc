from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "tuoyu.domains.incidents"
    label = "incidents"

    def ready(self) -> None:
        """登记办件类型与消息处理者。"""
        from tuoyu.domains.incidents import catalogue, handlers  # noqa: F401
