"""附件的存取：checked, sealed with SM4-GCM, found only within one's 数据范围."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path, PurePath

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from tuoyu.core import crypto
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files.contents import MEDIA_TYPES, MOST_BYTES, Kind, examine
from tuoyu.core.files.models import StoredFile
from tuoyu.core.scope import Scope

_SEAL = "files_storedfile"
_SUFFIX: dict[Kind, str] = {"jpeg": ".jpg", "png": ".png", "pdf": ".pdf"}


def store(
    *,
    upload: UploadedFile[bytes],
    purpose: str,
    institution_id: int | None,
    region_code: str,
    by: int,
    at: datetime,
) -> StoredFile:
    """存附件：the bytes first, so that a row never stands without them."""
    # One byte more than allowed is enough to know; an oversize file is never read whole.
    content = examine(upload.read(MOST_BYTES + 1))
    return StoredFile.all_rows.create(
        sm3=keep(content.body),
        name=shown_name(upload.name or "", content.kind),
        media_type=MEDIA_TYPES[content.kind],
        size=len(content.body),
        institution_id=institution_id,
        region_code=region_code,
        purpose=purpose,
        uploaded_by=by,
        uploaded_at=at,
    )


def open_file(scope: Scope, file_id: int) -> tuple[StoredFile, bytes]:
    """取附件及其内容；outside the scope it is not found."""
    found = StoredFile.objects.visible_to(scope).filter(pk=file_id).first()
    if found is None:
        raise NotFound
    return found, fetch(found.sm3)


def keep(body: bytes) -> str:
    """存一份内容，返回散列；the caller's own row says whose it is."""
    name = crypto.sm3(body).hex()
    _write(_path(name), crypto.seal_bytes(body, _SEAL))
    return name


def fetch(sm3: str) -> bytes:
    """按散列取内容：only after the caller has found, within a scope, the row that names it."""
    try:
        body = crypto.unseal_bytes(_path(sm3).read_bytes(), _SEAL)
    except (OSError, InvalidTag) as error:
        raise _damaged() from error
    if crypto.sm3(body).hex() != sm3:  # another sealed file laid in its place
        raise _damaged()
    return body


def drop(sm3: str) -> None:
    """抹去一份内容；the caller has made sure that no row needs it. Evidence is never dropped."""
    if not StoredFile.all_rows.filter(sm3=sm3).exists():
        _path(sm3).unlink(missing_ok=True)


def _damaged() -> DomainError:
    return DomainError(
        "file-lost", "附件打不开：存放的内容缺失或被改动过；请联系管理员核查，必要时重新上传"
    )


def _path(name: str) -> Path:
    return Path(settings.FILES_DIR) / name[:2] / name


def _write(path: Path, sealed: bytes) -> None:
    """Whole or not at all; equal contents share one place, and a damaged one is mended so."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fd, draft = tempfile.mkstemp(dir=path.parent)  # readable by the owner only
    try:
        with os.fdopen(fd, "wb") as out:
            out.write(sealed)
            out.flush()
            os.fsync(out.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def shown_name(given: str, kind: Kind) -> str:
    """文件名：no folders, no invisible signs, the ending of what it really is."""
    plain = "".join(c for c in PurePath(given.replace("\\", "/")).stem if c.isprintable()).strip()
    return f"{plain.strip('.')[:100] or '附件'}{_SUFFIX[kind]}"
