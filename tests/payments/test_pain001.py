"""pain.001 的核对：the message as the standard has it, and files broken one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.payments.purse import endow, order, prepared, released, who
from tests.payments.test_files import FILE, PARTY, bank_files
from tests.world import NOW, World
from tuoyu.core.errors import DomainError
from tuoyu.domains.funds import services
from tuoyu.domains.funds.files import pain001
from tuoyu.domains.funds.files.pain001 import BankFile, Line
from tuoyu.domains.funds.files.pain001_check import faults
from tuoyu.domains.funds.models import PayeeAccount

GOOD = pain001.write(FILE)
LONG = "长" * 141


@settings(max_examples=30, deadline=None)
@given(bank_files())
def test_whatever_a_batch_says_its_message_holds(file: BankFile) -> None:
    assert faults(pain001.write(file)) == []


def swap(first: bytes, second: bytes) -> bytes:
    """两个相邻元素换位。"""
    a, b = GOOD.index(first), GOOD.index(second)
    end = GOOD.index(b"\n", b)
    return GOOD[:a] + GOOD[b:end] + b"\n" + GOOD[a:b].rstrip() + GOOD[end:]


BROKEN: list[tuple[str, bytes, str]] = [
    ("order of header", swap(b"<NbOfTxs>", b"<CtrlSum>"), "NbOfTxs 的次序不对，应在 CtrlSum 之前"),
    ("order of payment", swap(b"<PmtInfId>", b"<PmtMtd>"), "PmtInfId 的次序不对"),
    (
        "order of line",
        GOOD.replace(b"<Amt>", b"<RmtInf><Ustrd>a</Ustrd></RmtInf><Amt>", 1),
        "有 2 个 RmtInf，最多 1 个",
    ),
    ("no id", GOOD.replace(b"<MsgId>BF20250712-001</MsgId>", b""), "GrpHdr 缺少 MsgId"),
    ("no payer", GOOD.replace(b"<Dbtr>", b"<UltmtDbtr>").replace(b"</Dbtr>", b"</UltmtDbtr>"),
     "PmtInf 缺少 Dbtr"),
    ("no lines", GOOD[: GOOD.index(b"<CdtTrfTxInf>")] + b"</PmtInf></CstmrCdtTrfInitn></Document>",
     "缺少 CdtTrfTxInf"),
    ("two payments", GOOD.replace(b"</PmtInf>", b"</PmtInf><PmtInf/>"), "有 2 个 PmtInf"),
    ("unknown", GOOD.replace(b"<PmtMtd>", b"<Extra/><PmtMtd>"), "没有 Extra 这个元素"),
    ("not used", GOOD.replace(b"<Dbtr>", b"<PmtTpInf/><Dbtr>"), "PmtTpInf 本平台的付款文件不用"),
    ("other space", GOOD.replace(b"<PmtMtd>", b'<PmtMtd xmlns="urn:x">'), "没有 PmtMtd 这个元素"),
    ("attribute", GOOD.replace(b"<PmtMtd>", b'<PmtMtd a="1">'), "多余的属性 a"),
    ("loose words", GOOD.replace(b"<PmtMtd>", b"oops<PmtMtd>"), "夹有文字"),
    ("nested", GOOD.replace(b">TRF<", b"><b/><"), "PmtMtd 里不应再有元素"),
    ("method", GOOD.replace(b">TRF<", b">CHK<"), "PmtMtd 应为 TRF，现为“CHK”"),
    ("charges", GOOD.replace(b">SLEV<", b">OURS<"), "ChrgBr 应为"),
    ("two choices", GOOD.replace(b"<Cd>CNAPS</Cd>", b"<Cd>CNAPS</Cd><Prtry>x</Prtry>", 1),
     "应有 Cd 或 Prtry 中的一个"),
    ("both dates", GOOD.replace(b"</Dt>", b"</Dt><DtTm>2025-07-12T00:00:00+08:00</DtTm>"),
     "应有 Dt 或 DtTm 中的一个"),
    ("code too long", GOOD.replace(b">CNAPS<", b">CNAPSX<", 1), "有 6 个字，最多 5 个"),
    ("id too long", GOOD.replace(b">BF20250712-001-0002<", b">" + b"R" * 36 + b"<"),
     "CdtTrfTxInf[2]/PmtId/EndToEndId 有 36 个字，最多 35 个"),
    ("account too long", GOOD.replace(b">955880000000001<", b">" + b"9" * 35 + b"<", 1),
     "有 35 个字，最多 34 个"),
    ("name too long", GOOD.replace("市财政专户（虚构）".encode(), LONG.encode()), "最多 140 个"),
    ("name empty", GOOD.replace("市财政专户（虚构）".encode(), b""), "是空的"),
    ("padded", GOOD.replace(b">955880000000001<", b"> 955880000000001<", 1), "首尾有空白"),
    ("count", GOOD.replace(b"<NbOfTxs>2<", b"<NbOfTxs>3<", 1), "GrpHdr/NbOfTxs 写明 3 笔"),
    ("count of payment", b"<NbOfTxs>3<".join(GOOD.rsplit(b"<NbOfTxs>2<", 1)),
     "PmtInf/NbOfTxs 写明 3 笔"),
    ("count not a number", GOOD.replace(b"<NbOfTxs>2<", b"<NbOfTxs>+2<", 1), "1 至 15 位数字"),
    ("sum", GOOD.replace(b"<CtrlSum>720.01<", b"<CtrlSum>720.02<", 1), "GrpHdr/CtrlSum 写明合计"),
    ("sum of payment", b"<CtrlSum>0.01<".join(GOOD.rsplit(b"<CtrlSum>720.01<", 1)),
     "PmtInf/CtrlSum 写明合计 0.01 元"),
    ("comma", GOOD.replace(b"720.00<", b"1,720.00<"), "InstdAmt 应为两位小数"),
    ("three places", GOOD.replace(b"720.00<", b"720.000<"), "应为两位小数"),
    ("negative", GOOD.replace(b">0.01<", b">-0.01<"), "应为两位小数"),
    ("exponent", GOOD.replace(b">0.01<", b">1e2<"), "应为两位小数"),
    ("full width", GOOD.replace(b">0.01<", ">\uff10.\uff10\uff11<".encode()), "应为两位小数"),
    ("zero", GOOD.replace(b">0.01<", b">0.00<").replace(b"720.01", b"720.00"), "第 2 笔的金额是零"),
    ("currency", GOOD.replace(b'Ccy="CNY"', b'Ccy="USD"', 1), "币种应为 CNY，现为“USD”"),
    ("no currency", GOOD.replace(b' Ccy="CNY"', b"", 1), "币种应为 CNY"),
    ("twice", GOOD.replace(b"-0002</EndToEndId>", b"-0001</EndToEndId>"), "重复 2 次"),
    ("no time zone", GOOD.replace(b"+08:00<", b"<"), "没有写明时区"),
    ("no day", GOOD.replace(b"<Dt>2025-07-12<", b"<Dt>2025-07-32<"), "不是日期"),
    ("short day", GOOD.replace(b"<Dt>2025-07-12<", b"<Dt>20250712<"), "日期应写"),
    ("mark", b"\xef\xbb\xbf" + GOOD, "字节顺序标记"),
    ("gbk", GOOD.decode().encode("gb18030"), "不是 UTF-8"),
    ("other encoding", GOOD.replace(b"UTF-8", b"latin1"), "声明的编码不是 UTF-8"),
    ("control", GOOD.replace("（虚构）".encode(), b"\x07", 1), "不可用的字符 U+0007"),
    ("turned", GOOD.replace("（虚构）".encode(), "\u202e".encode(), 1), "不可用的字符 U+202E"),
    ("doctype", GOOD.replace(b"<Document", b"<!DOCTYPE a><Document"), "文档类型声明"),
    ("cut", GOOD[:-30], "不是完整的 XML"),
    ("other message", GOOD.replace(b"pain.001.001.09", b"pain.001.001.03"), "不是 pain.001.001.09"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "blob", "why"), BROKEN, ids=[b[0] for b in BROKEN])
def test_each_fault_is_found_and_named(name: str, blob: bytes, why: str) -> None:
    assert blob != GOOD
    found = faults(blob)
    assert any(why in said for said in found), found


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_file_is_read_or_refused_never_a_crash(at: int, junk: bytes) -> None:
    faults(GOOD[:at] + junk + GOOD[at + 1 :])


def test_an_account_number_is_refused_rather_than_cut() -> None:
    long = replace(PARTY, account="9" * 40)
    blob = pain001.write(replace(FILE, lines=(Line("R-1", 100, long, "x"),)))
    assert any("最多 34 个" in said for said in faults(blob))


def test_a_batch_whose_message_does_not_hold_is_not_released(world: World) -> None:
    endow(world)
    order(world, "grant:1", 5_000, "a1", NOW)
    PayeeAccount.all_rows.filter(payee_kind="institution").update(holder="\u3000")
    batch = prepared(world, 1, 5_000, NOW)
    with pytest.raises(DomainError, match=r"不合 pain\.001\.001\.09：.*Cdtr/Nm 是空的"):
        services.release(
            batch_id=batch.pk, count=1, total_fen=5_000, by=who(world, "finance-officer"), at=NOW
        )
    batch.refresh_from_db()
    assert batch.released_at is None
    PayeeAccount.all_rows.filter(payee_kind="institution").update(holder="青禾托育园（虚构）")
    services.withdraw(batch_id=batch.pk, by=who(world, "payment-clerk"), at=NOW)
    assert faults(services.message(released(world, 1, 5_000, NOW))) == []
