from django.apps import AppConfig


class VouchersConfig(AppConfig):
    name = "tuoyu.domains.vouchers"
    label = "vouchers"

    def ready(self) -> None:
        """登记办件类型与消息处理。"""
        from tuoyu.domains.vouchers import catalogue, handlers  # noqa: F401
