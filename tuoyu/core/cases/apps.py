from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "tuoyu.core.cases"
    label = "cases"
