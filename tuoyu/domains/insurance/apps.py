from django.apps import AppConfig


class InsuranceConfig(AppConfig):
    name = "tuoyu.domains.insurance"
    label = "insurance"

    def ready(self) -> None:
        """登记办件类型与消息处理者。"""
        from tuoyu.domains.insurance import catalogue, handlers  # noqa: F401
