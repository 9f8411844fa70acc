from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ConfigConfig(AppConfig):
    """装配：what has to stand on top of all migrations."""

    name = "tuoyu.config"
    label = "config"

    def ready(self) -> None:
        from tuoyu.config.after_migrate import after_migrate

        post_migrate.connect(after_migrate, sender=self)
