"""Prices of a file: checked line by line first, then written all together or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.catalog import queries as catalog
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.kernel.money import exact
from kalon.kernel.tenancy import verb
from kalon.pricing import queries
from kalon.pricing.actions.checking import MANAGE
from kalon.pricing.actions.schedules import DO, add_price

Row = tuple[str, Decimal | None]
MOST_ROWS = 2000


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A line of the file: what it names, the price before and after, and what is wrong with it."""

    number: int
    code: str
    name: str
    before: Decimal | None
    price: Decimal | None
    fault: str = ""
    of: tuple[str, UUID] | None = None


@verb
def check_prices(schedule_id: UUID, rows: Sequence[Row], valid_from: date, *, by: Actor) -> list[CheckedLine]:
    """What a file of prices would do; nothing is written."""
    by.must(MANAGE, do=DO)
    if len(rows) > MOST_ROWS:
        raise Invalid(f"The file has more than {MOST_ROWS} lines. Send a part of it.", field="file")
    queries.schedule(schedule_id, seen_by=by)
    offers: dict[str, tuple[str, Any]] = {row.code: ("package_id", row) for row in catalog.packages(seen_by=by)}
    offers |= {row.code: ("service_id", row) for row in catalog.services(seen_by=by)}
    held = {row.service_id or row.package_id: row for row in reversed(list(queries.items(schedule_id, seen_by=by)))}
    seen: set[str] = set()
    lines = []
    for number, (code, price) in enumerate(rows, start=2):
        kind, offer = offers.get(code.upper(), ("", None))
        before = held.get(offer.pk) if offer else None
        fault = _fault(code, price, offer, before, valid_from, seen)
        seen.add(code.upper())
        lines.append(
            CheckedLine(
                number, code, offer.name if offer else "", before.price if before else None, price, fault,
                (kind, offer.pk) if offer else None,
            )
        )  # fmt: skip
    return lines


@verb
def import_prices(schedule_id: UUID, rows: Sequence[Row], valid_from: date, *, by: Actor) -> int:
    """Write the prices of a file, all of them or none; what costs the same already is left alone. Says how many."""
    lines = check_prices(schedule_id, rows, valid_from, by=by)
    if faults := [f"Line {line.number}: {line.fault}" for line in lines if line.fault]:
        raise Invalid(" ".join(faults[:5]), field="file")
    changed = [line for line in lines if line.of and line.price is not None and line.price != line.before]
    for line in changed:
        assert line.of and line.price is not None
        kind, pk = line.of
        add_price(
            schedule_id, line.price, valid_from, service_id=pk if kind == "service_id" else None,
            package_id=pk if kind == "package_id" else None, by=by,
        )  # fmt: skip
    return len(changed)


def _fault(code: str, price: Decimal | None, offer: Any, before: Any, valid_from: date, seen: set[str]) -> str:
    if offer is None:
        return f"There is no service or package with the code {code}."
    if price is None or not price.is_finite() or price < 0 or price != exact(price) or price > Decimal("99999999.99"):
        return "Write a price with at most two places after the point."
    if code.upper() in seen:
        return "It stands in the file twice."
    if before is not None and before.price != price and before.valid_from >= valid_from:
        return f"Another price holds from {before.valid_from:%-d %b %Y}. Choose a later day."
    return ""
