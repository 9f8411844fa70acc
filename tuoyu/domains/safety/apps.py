from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "tuoyu.domains.safety"
    label = "safety"

    def ready(self) -> None:
        """登记办件类型。"""
        from tuoyu.domains.safety import catalogue  # noqa: F401
