from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "tuoyu.domains.policies"
    label = "policies"
