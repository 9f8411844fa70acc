from django.apps import AppConfig


class GroupsConfig(AppConfig):
    name = "tuoyu.domains.groups"
    label = "groups"
