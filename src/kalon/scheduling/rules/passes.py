"""Codes to arrive with: what stands in them, and how they are written. Signing them is the caller's.

A code is short enough for a coarse QR: sort, subject (a branch or a visit), the second it ends, and chance, in 27
bytes; then a signature of 16.
"""

import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from hmac import compare_digest
from uuid import UUID

BODY, SIGNATURE = 27, 16
WORD = re.compile(r"[A-Za-z0-9_-]{58}")
Sign = Callable[[bytes], bytes]


class Sort(IntEnum):
    """Which side shows the code."""

    DOOR = 1  # the branch's, at its door
    PHONE = 2  # a visit's, on the patient's phone


@dataclass(frozen=True, slots=True)
class Pass:
    """A code that was read, and was signed by this clinic."""

    sort: Sort
    subject_id: UUID
    ends_at: datetime
    body: bytes  # what was signed: the same code, however it is spelled


def written(sort: Sort, subject_id: UUID, ends_at: datetime, *, sign: Sign) -> str:
    """A fresh code; no two are the same."""
    body = bytes([sort]) + subject_id.bytes + int(ends_at.timestamp()).to_bytes(4, "big") + secrets.token_bytes(6)
    return urlsafe_b64encode(body + sign(body)[:SIGNATURE]).decode().rstrip("=")


def read(text: str, *, sign: Sign) -> Pass | None:
    """The code in what was scanned or typed (a whole address, or the code alone); None when we did not sign it."""
    found = WORD.search(text.rpartition("code=")[2].strip())
    if not found:
        return None
    try:
        raw = urlsafe_b64decode(found[0] + "==")
    except NoBase64:
        return None
    body, signature = raw[:BODY], raw[BODY:]
    if len(raw) != BODY + SIGNATURE or not compare_digest(sign(body)[:SIGNATURE], signature):
        return None
    if body[0] not in tuple(Sort):
        return None
    ends_at = datetime.fromtimestamp(int.from_bytes(body[17:21], "big"), UTC)
    return Pass(Sort(body[0]), UUID(bytes=body[1:17]), ends_at, body)
