"""Erasure: the data key of a record is destroyed, and stays destroyed after a backup is restored.

Each erasure leaves a tombstone in the database and, once it is committed, a line in a file outside it
(`KALON_TOMBSTONES`, kept with the keys). After a restore, `replay_tombstones()` destroys every key listed again.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from kalon.kernel import crypto
from kalon.kernel.actors import system
from kalon.kernel.models.keys import ErasedKey
from kalon.kernel.tenancy import acting_as, organization_ids

Line = dict[str, Any]


def erase(row: Any, *, also: Mapping[str, Any] | None = None) -> ErasedKey | None:
    """Destroy the data key of a record that is locked by the caller; None when it is gone already.

    `also` names columns that are overwritten with it, now and after every restore (the search tokens, say).
    """
    wrapped = row.data_key
    if wrapped is None:
        return None
    tombstone = ErasedKey(
        organization_id=row.organization_id,
        table_name=row._meta.db_table,
        row_id=row.pk,
        also=dict(also or {}),
        key_sha256=sha256(bytes(wrapped)).digest(),
    )
    tombstone.save(force_insert=True)  # before the key goes: the database asks for it
    _destroy(type(row), row.pk, tombstone.also)
    row.refresh_from_db()
    crypto.forget(wrapped)
    transaction.on_commit(lambda: _append([_line(tombstone)]))
    return tombstone


def replay_tombstones() -> int:
    """Destroy again every key that was ever destroyed; returns how many a restore had brought back."""
    copy_tombstones()
    again = 0
    for line in _lines():
        with acting_as(system("erasure replay", UUID(line["organization_id"]))):
            _remember(line)
            model = _model(line["table"])
            if model is not None:
                again += _destroy(model, UUID(line["row"]), line["also"])
    return again


def copy_tombstones() -> int:
    """Bring tombstones to the file outside that a crash kept from it; returns how many."""
    copied = 0
    for organization_id in organization_ids():
        with acting_as(system("erasure copy", organization_id)):
            known = {(line["table"], line["row"], line["key_sha256"]) for line in _lines()}
            lines = [_line(row) for row in ErasedKey.objects.order_by("id")]
            missing = [line for line in lines if (line["table"], line["row"], line["key_sha256"]) not in known]
            _append(missing)
            copied += len(missing)
    return copied


def _destroy(model: type[models.Model], pk: UUID, also: Mapping[str, Any]) -> int:
    rows = model._default_manager.filter(pk=pk, data_key__isnull=False)
    return rows.update(data_key=None, **also)


def _remember(line: Line) -> None:
    ErasedKey.objects.get_or_create(
        table_name=line["table"],
        row_id=UUID(line["row"]),
        key_sha256=bytes.fromhex(line["key_sha256"]),
        defaults={
            "organization_id": UUID(line["organization_id"]),
            "also": line["also"],
            "destroyed_at": line["destroyed_at"],
        },
    )


def _model(table: str) -> type[models.Model] | None:
    return next((model for model in apps.get_models() if model._meta.db_table == table), None)


def _line(row: ErasedKey) -> Line:
    return {
        "table": row.table_name,
        "row": str(row.row_id),
        "organization_id": str(row.organization_id),
        "also": row.also,
        "key_sha256": bytes(row.key_sha256).hex(),
        "destroyed_at": row.destroyed_at.isoformat(),
    }


def _path() -> Path:
    default = Path(settings.KALON_KEYS_DIR).parent / "tombstones.jsonl"
    return Path(getattr(settings, "KALON_TOMBSTONES", None) or default)


def _lines() -> Iterator[Line]:
    if _path().exists():
        for text in _path().read_text(encoding="utf-8").splitlines():
            if text.strip():
                yield json.loads(text)


def _append(lines: Iterable[Line]) -> None:
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    if not text:
        return
    _path().parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(_path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
