"""说明：「怎么算的」——一句话、四个步骤、三个数与依据，全部由同一次计算得出。"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from tuoyu.core.money import yuan, yuan_short
from tuoyu.core.periods import age_months, month_last_day, month_start
from tuoyu.domains.policies.engine.book import Book
from tuoyu.domains.policies.engine.evaluate import PAID, UNDETERMINED, Outcome, evaluate_one
from tuoyu.domains.policies.engine.model import Gate, Row, Term
from tuoyu.domains.policies.engine.quantities import show_quantity
from tuoyu.domains.policies.engine.receipt import digest, receipt
from tuoyu.domains.policies.engine.resolve import Overlay, Resolved, resolve
from tuoyu.domains.policies.engine.scalar import Scalar, value_of

AGE_QUESTION = "I2"
_SLOT = re.compile(r"\{([^{}]+)\}")


def with_age(book: Book, month: str, given: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """给了出生日期（birth）的，按解释项 I2 所选的日子换算成当月月龄。"""
    facts = dict(given)
    birth = facts.pop("birth", None)
    if birth is None:
        return facts
    asked = book.interpretations.get(AGE_QUESTION)
    chosen = asked.chosen if asked is not None else "first_day_of_month"
    day = month_last_day(month) if chosen == "last_day_of_month" else month_start(month)
    born = date.fromisoformat(str(birth))
    facts["age_months"] = age_months(born, day) if born <= day else 0
    return facts


def explain(
    book: Book,
    rule_id: str,
    month: str,
    known: date,
    given: Mapping[str, Scalar],
    *,
    overlay: Overlay | None = None,
) -> dict[str, object]:
    """说明一笔金额：pays、binding 或 fails、why、params、receipt，另附 steps、three、cites。"""
    resolved = resolve(book, rule_id, month, known, overlay=overlay)
    facts = with_age(book, month, given)
    outcome = evaluate_one(resolved, facts)
    answer: dict[str, object] = {}
    simulated = book.pack.is_draft or overlay is not None
    answer["pays"] = None if book.pack.is_draft else outcome.amount_fen
    if book.pack.is_draft:
        answer["fails"] = "draft"
    elif outcome.binding is not None:
        answer["binding"] = resolved.rule.terms[outcome.binding].name
    else:
        answer["fails"] = failing(resolved, outcome)
    answer["why"] = sentence(resolved, outcome, simulated=simulated)
    answer["params"] = [param_line(book, name, outcome.rows[name]) for name in resolved.rule.params]
    answer["receipt"] = receipt(
        pack=book.pack.id,
        pack_sha256=book.sha256,
        rule=rule_id,
        month=month,
        known=known,
        input_sha256=digest(facts),
        overlay_sha256=overlay.sha256 if overlay is not None else "",
    )
    answer["steps"] = steps(resolved, outcome)
    answer["three"] = {
        "limit": outcome.limit_fen,
        "set": outcome.set_fen,
        "paid": answer["pays"],
    }
    answer["simulated"] = outcome.amount_fen if simulated else None
    answer["cites"] = cites(resolved, outcome)
    return answer


def failing(resolved: Resolved, outcome: Outcome) -> str:
    """不付的条件编号；待定则为 undetermined。"""
    if outcome.gate is None:
        return "undetermined"
    return resolved.rule.gates[outcome.gate].id


def param_line(book: Book, name: str, row: Row | None) -> dict[str, object]:
    """一个参数的取值与出处。"""
    param = book.params[name]
    line: dict[str, object] = {
        "param": name,
        "name": param.name,
        "kind": param.kind,
        "unit": param.unit,
        "value": None,
        "row": None,
    }
    if row is None:
        return line
    return line | {
        "value": row.value,
        "shown": show_quantity(row.value, param.unit),
        "row": row.id,
        "document": row.document,
        "at": row.at,
        "from": row.period.start.isoformat(),
        "to": row.period.last_day.isoformat() if row.period.last_day else None,
        "known": None if row.known == date.min else row.known.isoformat(),
        "fictitious": row.fictitious,
    }


def sentence(resolved: Resolved, outcome: Outcome, *, simulated: bool = False) -> str:
    """一句话说明。"""
    text = _sentence(resolved, outcome)
    if resolved.book.pack.is_draft:
        return f"{resolved.book.pack.status_name}只作测算，不支付；测算：{text}"
    if simulated and resolved.overlay is not None:
        return f"测算方案“{resolved.overlay.name}”，不支付；{text}"
    return text


def _sentence(resolved: Resolved, outcome: Outcome) -> str:
    rule = resolved.rule
    if outcome.gate is not None:
        gate = rule.gates[outcome.gate]
        fact = fill(gate.fact, resolved, outcome)
        return f"0.00 元：{gate.say}{f'（{fact}）' if fact else ''}〔{_source(resolved)}〕"
    if outcome.amount_fen is None:
        return f"待定：{undetermined(resolved, outcome)}"
    parts = "；".join(
        _term(resolved, outcome, term, value)
        for term, value in zip(rule.terms, outcome.terms, strict=True)
    )
    amount = yuan(outcome.amount_fen)
    if len(rule.terms) == 1:
        return f"{amount} 元 = {parts}"
    binding = rule.terms[outcome.binding or 0].name
    return f"{amount} 元 = 取低（{parts}）；由{binding}决定"


def _source(resolved: Resolved) -> str:
    return f"{resolved.book.pack.document.number} {resolved.rule.cite.at}"


def _term(resolved: Resolved, outcome: Outcome, term: Term, value: int | None) -> str:
    shown = f"{term.name} {yuan(value) if value is not None else '待定'}"
    row = outcome.rows.get(term.param) if term.param else None
    if row is None:
        return shown
    if row.at:
        return f"{shown}〔{row.document} {row.at}〕"
    return f"{shown}〔{row.document}，自 {row.period.start}〕"


def undetermined(resolved: Resolved, outcome: Outcome) -> str:
    """待定的理由：不在施行期、缺输入、缺通知，逐一说明。"""
    book = resolved.book
    if not resolved.in_force:
        valid = book.pack.document.valid
        return (
            f"{resolved.month} 不在文件施行期内"
            f"（{book.pack.document.number}，{valid.start} 至 {valid.last_day}）"
        )
    names = {item.id: item.name for item in resolved.rule.inputs}
    reasons = [f"缺“{names[name]}”，请补录" for name in outcome.missing if name in names]
    if not reasons:
        reasons = [
            no_value(resolved, name, outcome) for name in outcome.missing if name not in names
        ]
    return "；".join(reasons) or "算式没有结果（除数为零），请核对输入"


def no_value(resolved: Resolved, name: str, outcome: Outcome) -> str:
    """某个参数没有值的理由。"""
    book, param = resolved.book, resolved.book.params[name]
    if param.kind == "open_term":
        where = ""
        if "county" in param.by:
            where = book.name_of(str(outcome.named.get("county")))
        who = "县区" if param.set_by == "county" else "市级"
        return f"{where}尚无{who}通知规定“{param.name}”（截至 {resolved.known} 未知悉）"
    return f"“{param.name}”没有与所填情形对应的数"


def fill(template: str, resolved: Resolved, outcome: Outcome) -> str:
    """填写说明文字里的 {输入} 与 {参数号}。"""
    kinds = {item.id: item for item in resolved.rule.inputs}

    def shown(found: re.Match[str]) -> str:
        name = found.group(1)
        if name in resolved.book.params:
            value = outcome.values.get(name)
            unit = resolved.book.params[name].unit
            return "待定" if value is None else show_quantity(value, unit)
        fact = outcome.named.get(name)
        if fact is None:
            return "未知"
        if isinstance(fact, bool):
            return "是" if fact else "否"
        if isinstance(fact, str):
            return resolved.book.name_of(fact)
        return yuan_short(fact) if name in kinds and kinds[name].type == "fen" else str(fact)

    return _SLOT.sub(shown, template)


def steps(resolved: Resolved, outcome: Outcome) -> list[dict[str, object]]:
    """步骤：条件按 step 合并，其后是取低与结果。"""
    groups: dict[str, list[tuple[int, Gate]]] = {}
    for place, gate in enumerate(resolved.rule.gates):
        groups.setdefault(gate.step or gate.id, []).append((place, gate))
    lines: list[tuple[str, str, str]] = []
    stopped = not resolved.in_force
    for title, listed in groups.items():
        facts = [fill(gate.fact, resolved, outcome) for _, gate in listed if gate.fact]
        failed = next((gate for place, gate in listed if place == outcome.gate), None)
        if stopped:
            result = "—"
        elif failed is not None:
            result, stopped = f"不符合：{failed.say}", True
        elif any(_unknown(gate, resolved, outcome) for _, gate in listed):
            result, stopped = "待定", True
        else:
            results = [fill(gate.result, resolved, outcome) for _, gate in listed if gate.result]
            result = results[-1] if results else "符合"
        lines.append((title, "；".join(facts), result))
    names = "、".join(
        f"{term.name} {yuan_short(value) if value is not None else '待定'}"
        for term, value in zip(resolved.rule.terms, outcome.terms, strict=True)
    )
    count = {1: "取数", 2: "两个数取最小", 3: "三个数取最小"}.get(
        len(resolved.rule.terms), "取最小"
    )
    known = [term for term in outcome.terms if term is not None]
    full = len(known) == len(outcome.terms)
    lines.append((count, names, "—" if stopped else yuan(min(known)) if full else "待定"))
    lines.append(_last(resolved, outcome))
    return [
        {"no": place, "title": title, "fact": fact, "result": result}
        for place, (title, fact, result) in enumerate(lines, 1)
    ]


def _unknown(gate: Gate, resolved: Resolved, outcome: Outcome) -> bool:
    return value_of(gate.tree, outcome.named, outcome.values.get) is None


def _last(resolved: Resolved, outcome: Outcome) -> tuple[str, str, str]:
    word = "测算" if resolved.book.pack.is_draft or resolved.overlay is not None else "实付"
    if outcome.state == UNDETERMINED or outcome.amount_fen is None:
        return ("待定，不付也不作零", undetermined(resolved, outcome), "待定")
    amount = yuan(outcome.amount_fen)
    if outcome.state == PAID and outcome.binding is not None:
        why = f"由{resolved.rule.terms[outcome.binding].name}决定"
        note = f"{why}，{resolved.rule.note}" if resolved.rule.note else why
        return (f"{word} {amount} 元", note, f"= {amount}")
    say = resolved.rule.gates[outcome.gate].say if outcome.gate is not None else "金额为零"
    return (f"{word} {amount} 元", say, f"= {amount}")


def cites(resolved: Resolved, outcome: Outcome) -> list[dict[str, object]]:
    """依据：规则所在条款，与用到的每份通知。"""
    book = resolved.book
    clause = book.clauses[resolved.rule.cite.at]
    found: dict[tuple[str, str], dict[str, object]] = {
        (book.pack.document.number, clause.at): {
            "document": book.pack.document.number,
            "at": clause.at,
            "text": clause.gist,
            "fictitious": False,
        }
    }
    for name, row in outcome.rows.items():
        if row is None or row.document == book.pack.document.number:
            continue
        param = book.params[name]
        said = f"{param.name} {show_quantity(row.value, param.unit)}，自 {row.period.start} 起"
        line = found.setdefault(
            (row.document, ""),
            {"document": row.document, "at": "", "text": "", "fictitious": row.fictitious},
        )
        line["text"] = f"{line['text']}；{said}" if line["text"] else said
    return list(found.values())
