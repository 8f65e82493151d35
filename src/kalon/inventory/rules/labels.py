"""What stands on a label of the store, for people and for a scanner, and the papers labels are printed on.

Codes are GS1 element strings, those of fixed length first (GS1 General Specifications, 3.2 to 3.5 and 7.8): (01) the
item, (17) use until, (10) the lot, (21) the serial. A module is never below 0.254 mm (the same, table 7).
"""

import re
from dataclasses import dataclass
from datetime import date

from kalon.inventory.rules.datamatrix import SEPARATOR
from kalon.kernel.errors import Invalid

VALUE = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}")  # GS1: 20 of its 82 characters
GTIN = re.compile(r"[0-9]{14}")
A4 = (210, 297)
MOST = 400  # labels in one go


@dataclass(frozen=True, slots=True)
class Stock:
    """What labels are printed on, in millimetres: a page with its labels from the upper left."""

    code: str
    word: str
    page: tuple[float, float]
    label: tuple[float, float]
    columns: int = 1
    rows: int = 1
    corner: tuple[float, float] = (0, 0)
    step: tuple[float, float] = (0, 0)

    @property
    def on_page(self) -> int:
        return self.columns * self.rows


STOCKS = {
    one.code: one
    for one in (
        Stock("A4-21", "A4 sheet, 21 labels of 63.5 × 38.1 mm", A4, (63.5, 38.1), 3, 7, (7.2, 15.1), (66, 38.1)),
        Stock("A4-65", "A4 sheet, 65 labels of 38.1 × 21.2 mm", A4, (38.1, 21.2), 5, 13, (4.7, 10.7), (40.6, 21.2)),
        Stock("ROLL-62X29", "Roll, 62 × 29 mm", (62, 29), (62, 29)),
        Stock("ROLL-50X25", "Roll, 50 × 25 mm", (50, 25), (50, 25)),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Label:
    """One label: its first line, its others, and its code, `gs1` when it is one of GS1's."""

    name: str
    lines: tuple[str, ...]
    code: str = ""
    gs1: bool = False

    @property
    def human(self) -> str:
        """The code as people read it: the numbers of its parts in brackets."""
        return readable(self.code) if self.gs1 else self.code


def elements(device: str, *, lot: str = "", serial: str = "", expires_on: date | None = None) -> str:
    """The GS1 code of a piece or a batch; empty where the item has no GTIN, or lot and serial do not fit into one."""
    if not GTIN.fullmatch(device) or any(part and not VALUE.fullmatch(part) for part in (lot, serial)):
        return ""
    ends = f"17{expires_on:%y%m%d}" if expires_on else ""
    ending = [f"{key}{value}" for key, value in (("10", lot), ("21", serial)) if value]
    return f"01{device}{ends}{SEPARATOR.join(ending)}"


def readable(code: str) -> str:
    """A code of ours as it is printed below it: (01)09501101020900(17)261231(10)L7(21)S1."""
    said, rest = f"(01){code[2:16]}", code[16:]
    if rest.startswith("17"):
        said, rest = f"{said}(17){rest[2:8]}", rest[8:]
    return said + "".join(f"({part[:2]}){part[2:]}" for part in rest.split(SEPARATOR) if part)


def stock(code: str) -> Stock:
    """What is printed on, by its code."""
    if code not in STOCKS:
        raise Invalid("Choose the paper that is in the printer.", field="size")
    return STOCKS[code]
