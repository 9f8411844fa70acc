from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    name = "tuoyu.domains.enrolment"
    label = "enrolment"
