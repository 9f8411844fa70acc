from django.apps import AppConfig


class AccountEndConfig(AppConfig):
    name = "tuoyu.ends.account"
    label = "end_account"
