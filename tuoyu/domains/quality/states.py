"""认定、评定与摘牌的状态代码：the words are declared in the catalogue."""

from __future__ import annotations

STAR, INCLUSIVE, WITHDRAWAL = "star", "inclusive", "plaque_withdrawal"
DRAFT, COUNTY, PANEL, SCORING = "draft", "county", "panel", "scoring"
DECIDE, NOTICE, AWARDED = "decide", "notice", "awarded"
REFUSED, RETRACTED = "refused", "retracted"
STATEMENT, WITHDRAWN, KEPT = "statement", "withdrawn", "kept"
ENDED = (AWARDED, REFUSED, RETRACTED)
APPLY = "inst:quality:apply"
REVIEW = "quality:application:review"
DRAW = "quality:panel:draw"
ENTER = "quality:score:enter"
DECIDE_BY = "quality:application:decide"
SETTLE = "quality:notice:settle"  # nobody's: the end of a notice moves the case
TELL, JUDGE = "quality:withdrawal:tell", "quality:withdrawal:decide"
