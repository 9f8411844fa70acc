from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "tuoyu.domains.funds"
    label = "funds"
