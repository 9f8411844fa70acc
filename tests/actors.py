"""操作人：for tests inside a domain or an end, which may not import the composition root."""

from tuoyu.config.actors import actor_for_user

__all__ = ["actor_for_user"]
