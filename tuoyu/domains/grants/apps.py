from django.apps import AppConfig


class GrantsConfig(AppConfig):
    name = "tuoyu.domains.grants"
    label = "grants"

    def ready(self) -> None:
        """登记办件类型与消息处理：every process knows them."""
        from tuoyu.domains.funds import sources
        from tuoyu.domains.grants import catalogue, handlers, selectors, states  # noqa: F401

        sources.register(states.TYPE, selectors.find_sources)
