from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    name = "tuoyu.domains.enrolment"
    label = "enrolment"

    def ready(self) -> None:
        from tuoyu.domains.enrolment import rosters  # noqa: F401
