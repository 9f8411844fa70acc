from django.apps import AppConfig


class GovernmentEndConfig(AppConfig):
    name = "tuoyu.ends.government"
    label = "end_government"
