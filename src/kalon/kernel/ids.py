"""Identifiers that sort by birth (UUID version 7, RFC 9562)."""

import os
import threading
import time
from uuid import UUID

_turn = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A new identifier: 48 bits of milliseconds, 12 bits of a millisecond's parts, then 62 random bits.

    Those made by one process sort in the order they were made (RFC 9562, 6.2, method 3): what was written in one go
    reads back as it was written.
    """
    global _last
    with _turn:
        _last = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        millis, part = divmod(_last, 4096)
    chance = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=millis << 80 | 0x7 << 76 | part << 64 | 0x2 << 62 | chance)
