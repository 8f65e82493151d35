"""The file of roots outside the database: one JSON line per seal, only ever appended to.

A line `{"accepted": n, "root": …, "reason": …}` says that somebody accepted, after a restore, that the seals after
number n are gone; the chain goes on from there, and the check tells of it ever after.
"""

import fcntl
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

Line = dict[str, Any]


@dataclass
class Outside:
    """What the file says."""

    seals: dict[int, Line] = field(default_factory=dict)
    accepted: list[Line] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)

    @property
    def last(self) -> int:
        return max(self.seals, default=max((line["accepted"] for line in self.accepted), default=0))

    def is_accepted(self, number: int) -> bool:
        """Whether somebody accepted that the file does not witness this seal."""
        return any(number <= line["accepted"] for line in self.accepted)


def path() -> Path:
    """Where the file is (`KALON_AUDIT_ROOTS`, else beside the data)."""
    default = Path(os.environ.get("KALON_VAR", "var")) / "audit" / "roots.jsonl"
    return Path(getattr(settings, "KALON_AUDIT_ROOTS", None) or default)


def read() -> Outside:
    """The file as it stands; a line cut by a crash is noted, not believed."""
    found = Outside()
    if not path().exists():
        return found
    for number, text in enumerate(path().read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
            _take(found, line)
        except (ValueError, KeyError, TypeError):
            found.unreadable.append(number)
    return found


def append(line: Line) -> None:
    """Write one line, on the disk before this returns."""
    path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path(), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = file.seek(0, os.SEEK_END)
        whole = size == 0 or os.pread(file.fileno(), 1, size - 1) == b"\n"
        file.write((b"" if whole else b"\n") + json.dumps(line, separators=(",", ":")).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _take(found: Outside, line: Line) -> None:
    if "accepted" in line:
        found.accepted.append(line)
        found.seals = {number: seal for number, seal in found.seals.items() if number <= line["accepted"]}
    else:
        found.seals.setdefault(int(line["number"]), line)
