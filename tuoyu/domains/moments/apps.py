from django.apps import AppConfig


class MomentsConfig(AppConfig):
    name = "tuoyu.domains.moments"
    label = "moments"

    def ready(self) -> None:
        """登记消息处理者。"""
        from tuoyu.domains.moments import handlers  # noqa: F401
