from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "tuoyu.domains.identity"
    label = "identity"
