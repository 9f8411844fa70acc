from django.apps import AppConfig


class MedicineConfig(AppConfig):
    name = "tuoyu.domains.medicine"
    label = "medicine"

    def ready(self) -> None:
        """登记消息处理者。"""
        from tuoyu.domains.medicine import handlers  # noqa: F401
