from django.apps import AppConfig


class SubsidiesConfig(AppConfig):
    name = "tuoyu.domains.subsidies"
    label = "subsidies"

    def ready(self) -> None:
        """登记办件类型：every process knows the case type, whether or not it settles."""
        from tuoyu.domains.subsidies import catalogue  # noqa: F401
