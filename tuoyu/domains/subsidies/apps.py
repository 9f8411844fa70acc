from django.apps import AppConfig


class SubsidiesConfig(AppConfig):
    name = "tuoyu.domains.subsidies"
    label = "subsidies"

    def ready(self) -> None:
        """登记办件类型与资金消息：every process knows them, whether or not it settles."""
        from tuoyu.domains.subsidies import catalogue, handlers  # noqa: F401
