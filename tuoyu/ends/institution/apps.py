from django.apps import AppConfig


class InstitutionEndConfig(AppConfig):
    name = "tuoyu.ends.institution"
    label = "end_institution"
