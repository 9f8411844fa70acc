"""公示的页面：read by anybody, answered by the right officer; what a stranger writes never runs."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client

from tests.pages.checks import faults_of
from tests.publicity.test_publicity import notice
from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.domains.publicity.models import NoticeRow, Objection
from tuoyu.domains.publicity.services import close_due

SCRIPT = "<script>alert(1)</script>请核查这一家"
pytestmark = pytest.mark.django_db


def _text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    html = response.content.decode()
    assert faults_of(html) == []
    return html


def _say(client: Client, path: str, **given: str) -> int:
    posted = {
        "row": "0",
        "opinion": "名单上的托位数与实际不符",
        "contact": "",
        "submit_key": str(uuid.uuid4()),
    }
    return client.post(f"{path}object/", posted | given).status_code


def test_the_sheet_is_public_and_names_nobody(world: World) -> None:
    made = notice()
    path = f"/public/publicity/{made.pk}/"
    assert made.title in _text(Client(), "/public/publicity/")
    html = _text(Client(), path)
    for words in ("示例〔2025〕1号（虚构）", "5 个工作日", "监督电话", "待定", "王**", "提交意见"):
        assert words in html
    assert "王小明" not in html
    assert "骑缝" not in _text(Client(), f"{path}print/")
    with clock.fixed(made.ends_at):
        close_due(made.ends_at)
        html = _text(Client(), path)
    assert "公示已结束" in html
    assert "青禾托育园" in html
    assert "王**" not in html
    assert "提交意见" not in html
    with clock.fixed(made.ends_at):
        html = _text(Client(), "/public/publicity/?state=ended")
        assert made.title in html
        assert "公示中" in html
        assert made.title not in _text(Client(), "/public/publicity/")


def test_the_box_is_shut_on_the_minute_even_before_the_task_runs(world: World) -> None:
    made = notice()
    with clock.fixed(made.ends_at):
        assert "提交意见" not in _text(Client(), f"/public/publicity/{made.pk}/")
        assert _say(Client(), f"/public/publicity/{made.pk}/") == 422
    assert not Objection.all_rows.exists()


def test_an_anonymous_opinion_to_its_answer(world: World) -> None:
    made = notice()
    path = f"/public/publicity/{made.pk}/"
    row = NoticeRow.all_rows.get(notice=made, source_id=11)
    assert _say(Client(), path, row=str(row.pk), opinion=SCRIPT, contact="13800000000") == 302
    said = Objection.all_rows.get()
    officer = world.client("county-officer")
    assert f"/gov/publicity/objections/{said.pk}/" in _text(officer, "/gov/")
    for url in (
        "/gov/publicity/",
        f"/gov/publicity/{made.pk}/",
        f"/gov/publicity/objections/{said.pk}/",
    ):
        html = _text(officer, url)
        assert "<script>alert" not in html
    assert "13800000000" in html
    assert "13800000000" not in _text(Client(), path)
    done = officer.post(
        f"/gov/publicity/objections/{said.pk}/answer/",
        {"verdict": "upheld", "reason": "<b>属实</b>，已撤下", "submit_key": str(uuid.uuid4())},
    )
    assert done.status_code == 302
    assert "<b>属实" not in _text(officer, f"/gov/publicity/objections/{said.pk}/")
    html = _text(Client(), path)
    assert "异议成立，已撤下" in html
    assert "王**" not in html


def test_repeats_and_bad_forms_are_refused_and_keep_what_was_typed(world: World) -> None:
    made = notice()
    path = f"/public/publicity/{made.pk}/"
    key = str(uuid.uuid4())
    assert _say(Client(), path, submit_key=key) == 302
    assert _say(Client(), path, submit_key=key, opinion="另一件不同的意见在此") == 422
    assert _say(Client(), path) == 422  # the same words again
    for bad in ({"opinion": "长" * 501}, {"row": "999999"}, {"opinion": ""}, {"contact": "x" * 81}):
        assert _say(Client(), path, **bad) == 422
    said = Client().post(f"{path}object/", {"row": "999999", "opinion": "写好的话要留着"})
    assert "写好的话要留着" in said.content.decode()
    assert faults_of(said.content.decode()) == []
    assert Objection.all_rows.count() == 1


def test_a_foreign_row_and_a_foreign_notice(world: World) -> None:
    mine, other = notice(), notice(title="另一份（虚构）", region_code="350502")
    row = NoticeRow.all_rows.get(notice=other, source_id=11)
    assert _say(Client(), f"/public/publicity/{mine.pk}/", row=str(row.pk)) == 422
    assert _say(Client(), "/public/publicity/999999/") == 404
    assert _say(Client(), f"/public/publicity/{other.pk}/") == 302
    said = Objection.all_rows.get()
    officer = world.client("county-officer")
    for url in (f"/gov/publicity/{other.pk}/", f"/gov/publicity/objections/{said.pk}/"):
        assert officer.get(url).status_code == 404
    for who in ("director", "teacher", "parent", "auditor", "doctor"):
        assert world.client(who).get("/gov/publicity/").status_code == 404
    given = {"verdict": "rejected", "reason": "无此事"}
    answer = f"/gov/publicity/objections/{said.pk}/answer/"
    assert officer.post(answer, given).status_code == 404
    assert world.client("inspector").post(answer, given).status_code == 404
    assert world.client("city-officer").post(answer, given).status_code == 302


def test_the_countdown_over_the_holiday(world: World) -> None:
    at = NOW.replace(month=9, day=29, hour=16)
    made = notice(at=at)
    path = f"/public/publicity/{made.pk}/"
    said = {
        0: "09-30 起算，共 5 个工作日",
        1: "还剩 5 个工作日",
        5: "还剩 4 个工作日",
        12: "还剩 2 个工作日",
        13: "今天是最后 1 个工作日",
        14: "今天是最后 1 个工作日",
        15: "公示已结束",
    }
    for days, words in said.items():
        with clock.fixed(at + timedelta(days=days)):
            assert words in _text(Client(), path), days


def test_the_officer_names_the_issuer(world: World) -> None:
    officer = world.client("county-officer")
    given = {"name": "晋江示例单位（虚构）", "phone": "0595-00000000"}
    assert officer.post("/gov/publicity/issuer/", given | {"phone": ""}).status_code == 422
    assert officer.post("/gov/publicity/issuer/", given).status_code == 302
    made = notice()
    assert "0595-00000000" in _text(Client(), f"/public/publicity/{made.pk}/")
