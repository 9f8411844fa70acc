from django.apps import AppConfig


class RegionsConfig(AppConfig):
    name = "tuoyu.domains.regions"
    label = "regions"
