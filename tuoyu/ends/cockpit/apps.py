from django.apps import AppConfig


class CockpitEndConfig(AppConfig):
    name = "tuoyu.ends.cockpit"
    label = "end_cockpit"
