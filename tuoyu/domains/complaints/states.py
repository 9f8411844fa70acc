"""投诉办件的类型与状态代码：the words are declared in the catalogue."""

from __future__ import annotations

TYPE = "complaint"
DESK, COUNTY, ANSWERED, CLOSED, WITHDRAWN = "desk", "county", "answered", "closed", "withdrawn"
DESK_ANSWER, COUNTY_ANSWER = "inst:complaint:answer", "gov:complaint:answer"
FILE, SYSTEM = "family:complaint:make", "complaint:system:move"
