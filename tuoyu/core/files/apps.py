from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "tuoyu.core.files"
    label = "files"
