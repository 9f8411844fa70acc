from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "tuoyu.domains.billing"
    label = "billing"

    def ready(self) -> None:
        """登记办件类型。"""
        from tuoyu.domains.billing import catalogue  # noqa: F401
