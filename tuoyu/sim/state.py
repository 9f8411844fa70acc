"""生成中的城市：what the parts hand to each other, and what later steps go on from."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl

from tuoyu.sim.cast import Cast
from tuoyu.sim.children import Kid
from tuoyu.sim.draws import stream
from tuoyu.sim.families import Family
from tuoyu.sim.frauds import Plot
from tuoyu.sim.geography import City
from tuoyu.sim.institutions import Inst
from tuoyu.sim.numbers import Numbers
from tuoyu.sim.people import People
from tuoyu.sim.scales import Scale
from tuoyu.sim.sheets import Sum
from tuoyu.sim.workforce import Worker


@dataclass
class Built:
    """生成的城市。"""

    city: City
    scale: Scale
    seed: int
    institutions: list[Inst] = field(default_factory=list)
    kids: list[Kid] = field(default_factory=list)
    families: list[Family] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)
    cast: Cast = field(default_factory=Cast)
    plot: Plot = field(default_factory=Plot)
    devices: dict[int, uuid.UUID] = field(default_factory=dict)
    habits: pl.DataFrame = field(default_factory=pl.DataFrame)
    sums: dict[date, dict[int, Sum]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    @cached_property
    def numbers(self) -> Numbers:
        """发号：one for the whole city, so that each number is given once."""
        return Numbers(stream(self.seed, "numbers"))

    @cached_property
    def people(self) -> People:
        """任职的人；asked for only when their rows stand."""
        return People(self.cast)
