from django.apps import AppConfig


class AdmissionsConfig(AppConfig):
    name = "tuoyu.domains.admissions"
    label = "admissions"
