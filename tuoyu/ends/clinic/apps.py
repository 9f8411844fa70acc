from django.apps import AppConfig


class ClinicEndConfig(AppConfig):
    name = "tuoyu.ends.clinic"
    label = "end_clinic"
