from django.apps import AppConfig


class SubsidiesConfig(AppConfig):
    name = "tuoyu.domains.subsidies"
    label = "subsidies"
