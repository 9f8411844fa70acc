from django.apps import AppConfig


class AcademyEndConfig(AppConfig):
    name = "tuoyu.ends.academy"
    label = "end_academy"
