"""异议办件的类型与状态代码：the words are declared in the catalogue."""

from __future__ import annotations

TYPE, ANSWER, UPHELD, REJECTED = "objection", "answer", "upheld", "rejected"
