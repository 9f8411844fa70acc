from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "tuoyu.domains.workforce"
    label = "workforce"

    def ready(self) -> None:
        from tuoyu.domains.workforce import rosters  # noqa: F401
