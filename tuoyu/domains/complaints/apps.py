from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "tuoyu.domains.complaints"
    label = "complaints"

    def ready(self) -> None:
        """登记投诉的办件类型。"""
        from tuoyu.domains.complaints import catalogue  # noqa: F401
