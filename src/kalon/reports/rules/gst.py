"""GSTR-1: the month's return of outward supplies, table by table, in the shape of the GSTN's offline tool.

Tables: supplies to the registered (b2b), large ones across states to others (b2cl), the rest by place and rate
(b2cs, less its credit notes), credit notes to the registered (cdnr) and on large supplies (cdnur), exempt and
non-GST supplies (nil), the summary by HSN or SAC (hsn, apart for the registered and others since May 2025), and
the numbers used (doc_issue). A cancelled bill stands with its credit note (CGST Act, section 34): its number is
counted as used. Review before filing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from kalon.kernel.money import ZERO

AMOUNTS = ("taxable", "igst", "cgst", "sgst")
NO_UNIT = "NA"


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a bill, or of a credit note: what the return sums."""

    hsn: str
    unit: str
    quantity: Decimal
    rate: Decimal
    has_code: bool
    taxable: Decimal
    igst: Decimal
    cgst: Decimal
    sgst: Decimal

    @property
    def value(self) -> Decimal:
        return self.taxable + self.igst + self.cgst + self.sgst


@dataclass(frozen=True, slots=True)
class Document:
    """A bill, or a credit note (then `of_value` is its bill's whole value, which says in which table it stands)."""

    number: str
    date: date
    buyer: str
    place: str
    supplier_state: str
    parts: list[Part]
    is_credit: bool = False
    of_value: Decimal = ZERO

    @property
    def sign(self) -> int:
        return -1 if self.is_credit else 1

    @property
    def taxed(self) -> list[Part]:
        return [part for part in self.parts if part.rate > 0]

    @property
    def value(self) -> Decimal:
        return sum((part.value for part in self.parts), ZERO)

    @property
    def crosses(self) -> bool:
        """Whether it is supplied to another state; the tax charged says so, else the states."""
        if any(part.rate > 0 for part in self.parts):
            return any(part.igst for part in self.parts)
        return bool(self.place and self.supplier_state and self.place != self.supplier_state)


@dataclass(frozen=True, slots=True)
class Series:
    """The numbers of one series: from, to, how many there should be, and how many were found."""

    kind: str
    first: str
    last: str
    numbers: int
    found: int
    cancelled: int = 0

    @property
    def missing(self) -> int:
        return self.numbers - self.found


@dataclass(frozen=True, slots=True)
class Return:
    """A month of one GSTIN, sorted into the tables of the return; each table is rows of plain values."""

    gstin: str
    month: date
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    series: list[Series] = field(default_factory=list)

    def total(self, name: str) -> Decimal:
        """What the tables say of an amount, credit notes taken off: it must be what the bills say."""
        signs = {"b2b": 1, "b2cl": 1, "b2cs": 1, "nil": 1, "cdnr": -1, "cdnur": -1}
        rows = ((sign, row) for table, sign in signs.items() for row in self.tables[table])
        return sum((sign * row[name] for sign, row in rows), ZERO)


def sorted_into(gstin: str, month: date, documents: Iterable[Document], *, large_from: Decimal | None) -> Return:
    """The documents of a month in the tables where they belong."""
    made = Return(gstin, month, {name: [] for name in ("b2b", "b2cl", "cdnr", "cdnur")})
    small: dict[Any, dict[str, Any]] = {}
    nil: dict[Any, dict[str, Any]] = {}
    hsn: dict[Any, dict[str, Any]] = {}
    for one in documents:
        whole = one.of_value if one.is_credit else one.value
        is_large = one.crosses and large_from is not None and whole > large_from
        for rate, sums in _by_rate(one.taxed).items():
            if one.buyer or is_large:
                table = ("cdnr" if one.is_credit else "b2b") if one.buyer else ("cdnur" if one.is_credit else "b2cl")
                made.tables[table].append({**_facts(one), "rate": rate, **sums})
            else:
                key = (one.place, rate, one.crosses)
                _add(small.setdefault(key, {"place": one.place, "rate": rate, "crosses": one.crosses}), sums, one.sign)
        for part in one.parts:
            if part.rate == 0:
                row = nil.setdefault(
                    (one.crosses, bool(one.buyer), part.has_code),
                    {"crosses": one.crosses, "registered": bool(one.buyer), "exempt": part.has_code},
                )
                _add(row, _sums([part]), one.sign)
            whose, unit = bool(one.buyer), part.unit
            row = hsn.setdefault(
                (whose, part.hsn, part.rate, unit),
                {"registered": whose, "hsn": part.hsn, "rate": part.rate, "unit": unit, "quantity": Decimal(0)},
            )
            row["quantity"] += one.sign * (Decimal(0) if unit == NO_UNIT else part.quantity)
            _add(row, _sums([part]), one.sign)
    for name, rows in (("b2cs", small), ("nil", nil), ("hsn", hsn)):
        made.tables[name] = [rows[key] for key in sorted(rows)]
    return made


def _by_rate(parts: list[Part]) -> dict[Decimal, dict[str, Decimal]]:
    return {
        rate: _sums([part for part in parts if part.rate == rate]) for rate in sorted({part.rate for part in parts})
    }


def _sums(parts: list[Part]) -> dict[str, Decimal]:
    return {name: sum((getattr(part, name) for part in parts), ZERO) for name in AMOUNTS}


def _add(row: dict[str, Any], sums: dict[str, Decimal], sign: int) -> None:
    for name in AMOUNTS:
        row[name] = row.get(name, ZERO) + sign * sums[name]


def _facts(one: Document) -> dict[str, Any]:
    return {"buyer": one.buyer, "number": one.number, "date": one.date, "value": one.value, "place": one.place}
