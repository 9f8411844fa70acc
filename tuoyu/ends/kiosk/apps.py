from django.apps import AppConfig


class KioskEndConfig(AppConfig):
    name = "tuoyu.ends.kiosk"
    label = "end_kiosk"
