"""演示人物作为操作人：every post of the city is read once, an actor is made once."""

from __future__ import annotations

from functools import cached_property

from tuoyu.core.access import Actor
from tuoyu.domains.identity.models import Assignment
from tuoyu.domains.identity.selectors import actor_of
from tuoyu.sim.cast import Cast


class People:
    """城市里任职的人，by account, by the demo's slug or by what they stand for."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._made: dict[tuple[int, str], Actor] = {}

    @cached_property
    def _posts(self) -> dict[tuple[int, str], Assignment]:
        rows = Assignment.objects.select_related("user").order_by("pk")
        return {(post.user_id, post.role): post for post in rows}

    @cached_property
    def _slugs(self) -> dict[str, int]:
        return {p.user.demo_slug: user for (user, _), p in self._posts.items() if p.user.demo_slug}

    def of(self, user_id: int, role: str) -> Actor:
        """某人以某任职行事。"""
        key = user_id, role
        if key not in self._made:
            post = self._posts[key]
            self._made[key] = actor_of(post.user, post, frozenset())
        return self._made[key]

    def named(self, slug: str, role: str) -> Actor:
        """演示人物。"""
        return self.of(self._slugs[slug], role)

    def director(self, institution_id: int) -> Actor:
        """某机构的负责人。"""
        return self.of(self._cast.director[institution_id], "director")

    def officer(self, unit_code: str) -> Actor:
        """某县（市、区）的经办人。"""
        return self.of(self._cast.officer[unit_code], "county_officer")

    @property
    def city(self) -> Actor:
        """市级经办人。"""
        return self.named("city-officer", "city_officer")

    @property
    def second(self) -> Actor:
        """市级另一位经办人，for what two persons must decide."""
        return self.named("city-officer-2", "city_officer")

    @property
    def finance(self) -> Actor:
        """财政复核人。"""
        return self.named("finance-officer", "finance_officer")

    @property
    def clerk(self) -> Actor:
        """付款编制人。"""
        return self.named("payment-clerk", "payment_clerk")
