from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "tuoyu.domains.care"
    label = "care"

    def ready(self) -> None:
        """登记班上自己的事件种类。"""
        from tuoyu.domains.care import own_kinds

        own_kinds.register_all()
