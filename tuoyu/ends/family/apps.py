from django.apps import AppConfig


class FamilyEndConfig(AppConfig):
    name = "tuoyu.ends.family"
    label = "end_family"
