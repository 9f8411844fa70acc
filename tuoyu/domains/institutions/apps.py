from django.apps import AppConfig


class InstitutionsConfig(AppConfig):
    name = "tuoyu.domains.institutions"
    label = "institutions"
