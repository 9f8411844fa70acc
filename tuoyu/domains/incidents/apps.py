from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "tuoyu.domains.incidents"
    label = "incidents"

    def ready(self) -> None:
        """登记办件类型。"""
        from tuoyu.domains.incidents import catalogue  # noqa: F401
