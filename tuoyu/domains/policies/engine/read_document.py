"""读文件抬头、条款登记、解释项与签字。"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from tuoyu.core.periods import inclusive
from tuoyu.domains.policies.engine.model import Cite, Clause, Document, Interpretation
from tuoyu.domains.policies.engine.source import Fields, Node, PackError

STATUSES = ("issued", "draft_for_comment", "repealed")
STATUS_NAMES = {"issued": "正式印发", "draft_for_comment": "征求意见稿", "repealed": "已废止"}

_SHA256 = re.compile(r"^[0-9a-f]{64}$")


@dataclass(frozen=True, slots=True)
class PackHead:
    """包的抬头：编号、编码版本、状态、文件。"""

    id: str
    version: str
    status: str
    document: Document
    related: tuple[str, ...] = ()

    @property
    def is_draft(self) -> bool:
        """是否征求意见稿：只测算，不支付。"""
        return self.status == "draft_for_comment"

    @property
    def status_name(self) -> str:
        """状态的中文名。"""
        return STATUS_NAMES[self.status]

    def standing(self, day: date) -> str:
        """某日的效力：由日期算出，从不手填。"""
        valid = self.document.valid
        if self.status != "issued":
            return self.status_name
        if day < valid.start:
            return "尚未施行"
        return "施行中" if day in valid else f"已期满（至 {valid.last_day}）"


def read_head(node: Node) -> PackHead:
    """读 document.yaml。"""
    fields = Fields(node, "pack version status document")
    doc = Fields(
        fields["document"], "number title issuers valid source", "signed_on printed_on related"
    )
    valid = Fields(doc["valid"], "from to")
    first, last = valid["from"].day(), valid["to"].day()
    if last < first:
        raise PackError(doc["valid"].spot, "施行止日早于起日", "请核对 from 与 to")
    source = Fields(doc["source"], "file sha256")
    _digest(source["sha256"])
    related = tuple(Fields(item, "number title") for item in doc.items("related"))
    return PackHead(
        id=fields.text("pack"),
        version=fields.text("version"),
        status=fields.one_of("status", STATUSES),
        document=Document(
            number=doc.text("number"),
            title=doc.text("title"),
            issuers=doc.texts("issuers"),
            signed_on=doc.day("signed_on"),
            printed_on=doc.day("printed_on"),
            valid=inclusive(first, last),
            source_file=source.text("file"),
            source_sha256=source.text("sha256"),
            related=tuple((item.text("number"), item.text("title")) for item in related),
        ),
    )


def _digest(node: Node) -> str:
    if not _SHA256.match(node.text()):
        raise PackError(node.spot, "摘要值不是 64 位十六进制数", "请用 tuoyu packs lint 给出的值")
    return node.text()


def read_clause(node: Node) -> Clause:
    """读一条条款登记。"""
    fields = Fields(node, "at title gist figures sha256")
    return Clause(
        at=fields.text("at"),
        title=fields.text("title"),
        gist=fields.text("gist"),
        figures=fields.texts("figures"),
        sha256=_digest(fields["sha256"]),
        spot=node.spot,
    )


def read_cite(node: Node) -> Cite:
    """读一处依据。"""
    fields = Fields(node, "at", "word words order")
    return Cite(
        at=fields.text("at"),
        word=fields.text("word"),
        words=fields.texts("words"),
        order=fields.texts("order"),
        spot=node.spot,
    )


def read_interpretation(node: Node) -> Interpretation:
    """读一个解释项；签字另在通知里。"""
    fields = Fields(node, "id ask chosen others effect blocks")
    return Interpretation(
        id=fields.text("id"),
        ask=fields.text("ask"),
        chosen=fields.text("chosen"),
        others=fields.texts("others"),
        effect=fields.text("effect"),
        blocks=fields.texts("blocks"),
        signer="",
        signed_on=None,
        fictitious=False,
        spot=node.spot,
    )


def sign(node: Node, asked: dict[str, Interpretation]) -> None:
    """读签字文件，把签字记到解释项上。"""
    fields = Fields(node, "signatures", "fictitious note")
    for item in fields.items("signatures"):
        line = Fields(item, "interpretation chosen signer signed_on")
        found = asked.get(line.text("interpretation"))
        if found is None:
            raise PackError(item.spot, f"没有解释项“{line.text('interpretation')}”", "请核对编号")
        if line.text("chosen") != found.chosen:
            raise PackError(
                line["chosen"].spot,
                f"签的是“{line.text('chosen')}”，包里选的是“{found.chosen}”",
                "两处须一致；改选须先改 interpretations.yaml 并重跑算例",
            )
        asked[found.id] = replace(
            found,
            signer=line.text("signer"),
            signed_on=line["signed_on"].day(),
            fictitious=fields.boolean("fictitious"),
        )
