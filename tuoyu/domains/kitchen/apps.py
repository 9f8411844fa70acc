from django.apps import AppConfig


class KitchenConfig(AppConfig):
    name = "tuoyu.domains.kitchen"
    label = "kitchen"

    def ready(self) -> None:
        """登记消息处理者。"""
        from tuoyu.domains.kitchen import handlers  # noqa: F401
