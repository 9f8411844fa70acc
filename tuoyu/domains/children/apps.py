from django.apps import AppConfig


class ChildrenConfig(AppConfig):
    name = "tuoyu.domains.children"
    label = "children"
