"""接口的形状：strict, shared with no page."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field


class Strict(Schema):
    """多出的字段一律不收。"""

    model_config = ConfigDict(extra="forbid")


class PairIn(Strict):
    """配对。"""

    code: str = Field(pattern=r"^[0-9]{8}$", description="园长生成的 8 位数字")
    name: str = Field(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f]*$")
    public_key: str = Field(
        pattern=r"^[A-Za-z0-9_-]{87}$", description="65 字节 SEC1 点，base64url"
    )


class Named(Strict):
    id: int
    name: str


class PairOut(Strict):
    device: uuid.UUID
    institution: Named
    now: datetime


class Problem(Strict):
    """业务错误：what, why, how to mend."""

    code: str
    error: str
    now: datetime


class Place(Named):
    opens_at: str
    closes_at: str


class Room(Named):
    type: str


class Picker(Named):
    relation: str
    blocked: bool
    day_key: str


class ChildOut(Named):
    age: str
    class_: int = Field(serialization_alias="class", validation_alias="class")
    usual: str
    allergy: str
    status: Literal["in", "out", "leave", "absent", ""]
    in_at: datetime | None
    out_at: datetime | None
    siblings: list[int]
    pickers: list[Picker]


class CodeOut(Strict):
    id: int
    child: int
    hash: str
    bearer: str


class StaffOut(Named):
    class_: int | None = Field(serialization_alias="class", validation_alias="class")
    on_duty: bool
    certified: bool


class RatioOut(Strict):
    class_: int = Field(serialization_alias="class", validation_alias="class")
    name: str
    ratio: int | None
    present: int
    required: int | None
    staff: int
    state: Literal["ok", "near", "breach", "unknown"]
    text: str


class Roster(Strict):
    """门口名册。"""

    now: datetime
    day: date
    institution: Place
    day_salt: str
    classes: list[Room]
    children: list[ChildOut]
    codes: list[CodeOut]
    staff: list[StaffOut]
    ratios: list[RatioOut]


class Packet(Strict):
    """一次动作，签一次名；``body`` is the JSON text of one event or of {"events": [...]}."""

    body: str
    signature: str


class EventsIn(Strict):
    """一批门口事件。"""

    sent_at: datetime
    packets: list[Packet] = Field(max_length=500)


class AnswerOut(Strict):
    id: uuid.UUID | None
    outcome: Literal["stored", "duplicate", "refused"]
    code: str
    text: str


class EventsOut(Strict):
    now: datetime
    answers: list[AnswerOut]


class UnlockIn(Strict):
    """经手人的口令。"""

    user: int
    pin: str = Field(pattern=r"^[0-9]{4}$", description="4 位数字")


class UnlockOut(Strict):
    proof: str
    now: datetime


class CareState(Schema):
    """班级页内容：rooms, children where they are, and the day's events."""

    now: datetime
    day: date
    institution: Named
    rooms: list[Room]
    sleep: dict[str, int | None]
    children: list[dict[str, int | str | None]]
    people: list[dict[str, int | str | bool]]
    ratios: list[dict[str, int | str | None]]
    events: list[dict[str, Any]]
