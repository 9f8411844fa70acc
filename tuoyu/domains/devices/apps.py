from django.apps import AppConfig


class DevicesConfig(AppConfig):
    name = "tuoyu.domains.devices"
    label = "devices"
