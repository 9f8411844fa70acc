from django.apps import AppConfig


class PublicityConfig(AppConfig):
    name = "tuoyu.domains.publicity"
    label = "publicity"

    def ready(self) -> None:
        """登记异议的办件类型。"""
        from tuoyu.domains.publicity import catalogue  # noqa: F401
