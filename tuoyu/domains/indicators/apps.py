from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "tuoyu.domains.indicators"
    label = "indicators"
