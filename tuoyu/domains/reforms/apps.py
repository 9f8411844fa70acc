from django.apps import AppConfig


class ReformsConfig(AppConfig):
    name = "tuoyu.domains.reforms"
    label = "reforms"
