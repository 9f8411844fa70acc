from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "tuoyu.domains.quality"
    label = "quality"

    def ready(self) -> None:
        """登记办件类型与公示结束的处理。"""
        from tuoyu.domains.quality import catalogue, handlers  # noqa: F401
