from django.apps import AppConfig


class ChecksConfig(AppConfig):
    name = "tuoyu.domains.checks"
    label = "checks"

    def ready(self) -> None:
        """登记办件类型。"""
        from tuoyu.domains.checks import catalogue  # noqa: F401
