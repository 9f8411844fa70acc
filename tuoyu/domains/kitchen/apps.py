from django.apps import AppConfig


class KitchenConfig(AppConfig):
    name = "tuoyu.domains.kitchen"
    label = "kitchen"
