from django.apps import AppConfig


class ExcelConfig(AppConfig):
    name = "tuoyu.core.excel"
    label = "excel"
