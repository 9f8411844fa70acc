from django.apps import AppConfig


class PublicEndConfig(AppConfig):
    name = "tuoyu.ends.public"
    label = "end_public"
