"""附件：judged by content, written anew, sealed at rest, found within one's scope only."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.files import samples
from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files.contents import LONGEST_SIDE, MOST_BYTES, examine
from tuoyu.core.files.models import StoredFile
from tuoyu.core.files.services import open_file, store
from tuoyu.core.scope import Scope

ZIP = samples.docx_with_macro()
JS = b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"


def keep(world: World, blob: bytes, name: str = "残疾证.jpg", key: str = "a1") -> StoredFile:
    inst = world.institutions[key]
    return store(
        upload=SimpleUploadedFile(name, blob),
        purpose="special_status",
        institution_id=inst.pk,
        region_code=inst.region_code,
        by=1,
        at=NOW,
    )


def scope(world: World, who: str = "director") -> Scope:
    return actor_for_user(world.users[who]).scope


def place_of(stored: StoredFile) -> Path:
    return Path(settings.FILES_DIR) / stored.sm3[:2] / stored.sm3


@pytest.mark.parametrize(
    ("blob", "says"),
    [
        (b"", "空的"),
        (b"\xff\xd8\xff" + b"\0" * MOST_BYTES, "超过 5 MB"),
        (b'<?xml version="1.0"?><svg onload="go()"/>', "SVG"),
        (b"\xef\xbb\xbf<html><script>go()</script>", "SVG"),
        (ZIP, "Office"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "旧版 Office"),
        (b"MZ" + b"\0" * 600, "程序"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 60, "HEIC"),
        (b"GIF89a" + b"\0" * 60, "GIF"),
        (b"whatever", "认不出"),
        (samples.flood(), "4000 万"),
        (samples.photo()[:200], "打不开"),
        (b"\xff\xd8\xff<script>go()</script>", "打不开"),
        (samples.pdf(JS), "脚本"),
        (samples.pdf(b"/OpenAction<</S/J#61vaScript/J#53 5 0 R>>"), "脚本"),
        (samples.pdf(b"/AA<</O<</S/Rendition/JS (go\\(\\))>>>>"), "多媒体"),
        (samples.pdf(b"/X<</JS (go)>>"), "脚本"),
        (samples.pdf(b"/OpenAction<</S/Launch/F(cmd.exe)>>"), "启动程序"),
        (samples.pdf(b"/Names<</EmbeddedFiles 5 0 R>>"), "夹带"),
        (samples.pdf(stream=samples.packed(b"5 0 <</S/JavaScript/JS(go)>>")), "脚本"),
        (samples.pdf(stream=samples.packed(b" " * 21 * 1024 * 1024)), "展开后过大"),
        (samples.pdf(stream=b"4 0 obj<</Type/ObjStm>>stream\nxxxx\nendstream endobj\n"), "读不出"),
        (samples.pdf(b"/Encrypt 9 0 R"), "加了密"),
        (samples.pdf(tail=ZIP), "末尾"),
        (samples.pdf(tail=b"<script>go()</script>"), "末尾"),
        (samples.pdf(extra=b"/X(" + ZIP + b")"), "末尾"),
        (samples.pdf()[:-8], "没有结尾"),
        (b"\n" + samples.pdf(), "认不出"),
    ],
)  # fmt: skip
def test_hostile_and_foreign_files_are_refused(blob: bytes, says: str) -> None:
    with pytest.raises(DomainError) as refused:
        examine(blob)
    assert says in refused.value.text
    assert "请" in refused.value.text  # how to mend it


def test_a_photo_keeps_its_pixels_only(world: World) -> None:
    blob = samples.photo() + ZIP  # a polyglot: a picture in front, an archive behind
    assert b"Exif" in blob
    _, body = open_file(scope(world), keep(world, blob).pk)
    with Image.open(io.BytesIO(body)) as image:
        assert image.format == "JPEG"
        assert dict(image.getexif()) == {}
        assert dict(image.getexif().get_ifd(samples.GPS)) == {}
        assert image.size == (40, 60)  # stands upright though the mark is gone
        red, green, blue = image.convert("RGB").getpixel((20, 30))  # type: ignore[misc]
    assert (abs(red - 200) < 6, abs(green - 30) < 6, abs(blue - 30) < 6) == (True,) * 3
    for secret in (b"Exif", b"secret", "示例手机".encode(), b"PK\x03\x04", b"vbaProject"):
        assert secret not in body


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "LA", "1", "P", "I;16"])
def test_a_drawing_of_any_kind_loses_its_texts(mode: str) -> None:
    blob = samples.drawing(mode)
    assert b"secret" in blob
    found = examine(blob + b"<script>")
    assert found.kind == "png"
    assert b"secret" not in found.body
    assert b"<script>" not in found.body
    with Image.open(io.BytesIO(found.body)) as image:
        image.load()
        assert image.size == (30, 20)


def test_a_wide_photo_is_made_smaller() -> None:
    with Image.open(io.BytesIO(examine(samples.photo(4400, 100)).body)) as image:
        assert max(image.size) == LONGEST_SIDE


def test_a_plain_pdf_is_kept_as_it_is(world: World) -> None:
    blob = samples.pdf(b"/OpenAction[3 0 R/Fit]", stream=samples.packed(b"5 0 <</A 1>>"))
    stored, body = open_file(scope(world), keep(world, blob, "证明.docx").pk)
    assert body == blob
    assert (stored.media_type, stored.name, stored.size) == (
        "application/pdf", "证明.pdf", len(blob),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\机密\\证.exe", "证.pdf"),
        ("证\u202egpj.exe", "证gpj.pdf"),
        ("证\r\nX-Evil: 1.pdf", "证X-Evil: 1.pdf"),
        ("长" * 300 + ".pdf", "长" * 100 + ".pdf"),
    ],
)
def test_the_name_is_harmless(world: World, given: str, kept: str) -> None:
    upload = SimpleUploadedFile("x.pdf", samples.pdf())
    upload._name = given  # type: ignore[attr-defined]  # past Django's own trimming
    inst = world.institutions["a1"]
    stored = store(
        upload=upload, purpose="test", institution_id=inst.pk, region_code=inst.region_code,
        by=1, at=NOW,
    )  # fmt: skip
    assert stored.name == kept


def test_what_lies_on_the_disk_is_sealed(world: World) -> None:
    stored = keep(world, samples.pdf())
    path = place_of(stored)
    assert b"%PDF" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_a_changed_or_exchanged_file_does_not_open(world: World) -> None:
    one, two = keep(world, samples.pdf()), keep(world, samples.pdf(b"/Lang(zh)"))
    good = place_of(one).read_bytes()
    for bad in (good[:-1] + bytes([good[-1] ^ 1]), place_of(two).read_bytes()):
        place_of(one).write_bytes(bad)
        with pytest.raises(DomainError, match="附件打不开"):
            open_file(scope(world), one.pk)
    place_of(one).unlink()
    with pytest.raises(DomainError, match="附件打不开"):
        open_file(scope(world), one.pk)
    keep(world, samples.pdf())  # brought once more, it is whole again
    assert open_file(scope(world), one.pk)[1] == samples.pdf()


def test_another_institutions_file_is_not_found(world: World) -> None:
    stored = keep(world, samples.pdf())
    for who in ("other-director", "other-county-officer", "parent"):
        with pytest.raises(NotFound):
            open_file(scope(world, who), stored.pk)
    for who in ("director", "county-officer", "city-officer"):
        assert open_file(scope(world, who), stored.pk)[0] == stored
