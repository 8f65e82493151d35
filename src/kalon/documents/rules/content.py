"""A file that came, and what it turned out to be."""

import base64
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from kalon.documents.rules import examining
from kalon.kernel.errors import DomainError, Invalid, TooLarge

MOST_BYTES: int = settings.KALON_UPLOAD_BYTES
PIECE = 1024 * 1024
SWELLS = (
    "This file swells when it is opened, as harmful files do, so it is not taken. "
    "Save it anew, in a smaller size, then send that."
)


@dataclass(frozen=True, slots=True)
class Content:
    """What is kept: the type found in the content, the bytes to keep, and their fingerprint (SHA-256, hex).

    `received` is the fingerprint of what was sent: a picture is drawn anew, a PDF is kept as it came.
    """

    file: BinaryIO
    content_type: str
    size: int
    sha256: str
    received: str
    pages: int | None
    width: int | None
    height: int | None
    small: tuple[bytes, ...]
    for_print: bool = False  # its colours were those of a printer (CMYK), and are guessed on a screen

    @property
    def thumbnail(self) -> bytes:
        """The small picture for lists; nothing for what is no picture."""
        return self.small[0] if self.small else b""


def too_large() -> DomainError:
    return TooLarge(
        f"A file may have {MOST_BYTES // 1024 // 1024} MB at most. Scan it in grey, or send its parts one by one.",
        field="file",
    )


@contextmanager
def examined(source: BinaryIO, *, sides: tuple[int, ...] = (240,)) -> Iterator[Content]:
    """The file as it may be kept, or a refusal in words; nothing of it gets a name on the disk.

    `sides`: how many points a side the small pictures have at most that are drawn of a picture, in this order.
    """
    size = source.seek(0, os.SEEK_END)
    if size > MOST_BYTES:
        raise too_large()
    if not size:
        raise Invalid("This file is empty. Choose another.", field="file")
    with tempfile.TemporaryFile() as original, tempfile.TemporaryFile() as drawn:
        source.seek(0)
        received = _copied(source, original)
        found = _found(original, drawn, sides)
        kept = original if found["type"] == "application/pdf" else drawn
        length, fingerprint = _measured(kept)
        if length > MOST_BYTES:
            raise too_large()
        yield Content(
            file=kept,
            content_type=found["type"],
            size=length,
            sha256=fingerprint,
            received=received,
            pages=found.get("pages"),
            width=found.get("width"),
            height=found.get("height"),
            small=tuple(base64.b64decode(one) for one in found.get("small", ())),
            for_print=bool(found.get("for_print")),
        )


def _found(original: BinaryIO, drawn: BinaryIO, sides: tuple[int, ...]) -> dict[str, Any]:
    original.seek(0)
    script = str(Path(examining.__file__))
    try:
        done = subprocess.run(  # our own script; the file goes in as its input, never as a word
            [sys.executable, "-I", script, str(drawn.fileno()), *map(str, sides)],
            stdin=original,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(drawn.fileno(),),
            env={},
            timeout=90,
        )
    except subprocess.TimeoutExpired:
        raise Invalid(SWELLS, field="file") from None
    if done.returncode:
        raise Invalid(SWELLS, field="file")
    found: dict[str, Any] = json.loads(done.stdout)
    if "refused" in found:
        raise Invalid(found["refused"], field="file")
    return found


def _copied(source: BinaryIO, target: BinaryIO) -> str:
    digest, total = sha256(), 0
    while piece := source.read(PIECE):
        total += len(piece)
        if total > MOST_BYTES:
            raise too_large()
        digest.update(piece)
        target.write(piece)
    return digest.hexdigest()


def _measured(file: BinaryIO) -> tuple[int, str]:
    digest, total = sha256(), 0
    file.seek(0)
    while piece := file.read(PIECE):
        digest.update(piece)
        total += len(piece)
    file.seek(0)
    return total, digest.hexdigest()
