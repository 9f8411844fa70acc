from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "tuoyu.domains.workforce"
    label = "workforce"
