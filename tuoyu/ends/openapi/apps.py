from django.apps import AppConfig


class OpenapiEndConfig(AppConfig):
    name = "tuoyu.ends.openapi"
    label = "end_openapi"
