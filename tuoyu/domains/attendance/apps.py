from django.apps import AppConfig


class AttendanceConfig(AppConfig):
    name = "tuoyu.domains.attendance"
    label = "attendance"
