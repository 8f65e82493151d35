"""Identifiers that sort by birth (UUID version 7, RFC 9562)."""

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """A new identifier: 48 bits of milliseconds, then 74 random bits."""
    millis = time.time_ns() // 1_000_000
    bits = (millis << 80) | int.from_bytes(os.urandom(10), "big")
    bits = bits & ~(0xF << 76) | (0x7 << 76)  # version
    bits = bits & ~(0x3 << 62) | (0x2 << 62)  # variant
    return UUID(int=bits)
