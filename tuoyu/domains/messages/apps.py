from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "tuoyu.domains.messages"
    label = "inbox"  # "messages" is the framework's own

    def ready(self) -> None:
        """登记消息处理。"""
        from tuoyu.domains.messages import handlers  # noqa: F401
