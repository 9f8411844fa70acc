from django.apps import AppConfig


class InstitutionsConfig(AppConfig):
    name = "tuoyu.domains.institutions"
    label = "institutions"

    def ready(self) -> None:
        from tuoyu.domains.institutions import rosters  # noqa: F401
