"""Which sides a case works on, and what tells a wristband from a pack."""

import re
from collections.abc import Iterable

from kalon.plans.lifecycles import Side

ON = {"LEFT": ("LEFT",), "RIGHT": ("RIGHT",), "BOTH": ("LEFT", "RIGHT"), "MIDLINE": ("MIDLINE",)}
NO_SIDE = ("NONE",)


def sides_of(lines: Iterable[str]) -> list[str]:
    """The sides on which something may be put in, of the sides of the lines."""
    found = [side for line in lines for side in ON.get(line, NO_SIDE)]
    return list(dict.fromkeys(found))


def words_of(sides: Iterable[str]) -> str:
    return " and ".join(Side(side).label.lower() for side in sides)


def is_wristband(code: str, *, of: str) -> bool:
    """Whether a code is a patient's number: of the same letters, with digits, as the number of this one."""
    return _shape(code) == _shape(of)


def _shape(text: str) -> str:
    return re.sub(r"[0-9]+", "0", text.strip().upper())
