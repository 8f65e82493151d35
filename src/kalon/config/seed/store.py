"""The clinic's store: what is kept, where, and the deliveries of a year. All brands are invented."""

import csv
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kalon.config.seed import implants
from kalon.config.seed.clinic import Place
from kalon.inventory import actions
from kalon.inventory.actions import Delivery
from kalon.kernel import clock

PLACES = (
    # code, name, kind
    ("ST", "Main store", "STORE"),
    ("PH", "Pharmacy", "PHARMACY"),
    ("T1", "Treatment room 1", "TREATMENT"),
    ("OT", "Theatre 1", "THEATRE"),
)

# Tax rates and HSN codes are what the demonstration charges, to be reviewed with an accountant before use.
ITEMS = Path(__file__).with_name("store.csv")
NUMBERS = ("step", "units_per_pack", "price", "reorder_level")
NO_EXPIRY = {"Laser handpiece tip, 12 mm"}

# Months ago it came, months from now it expires, packs, place.
DELIVERIES: dict[str, tuple[tuple[int, int, int, str], ...]] = {
    "Kalmira 100": ((5, 2, 4, "T1"), (2, 14, 6, "ST")),
    "Kalmira 50": ((4, 9, 1, "T1"),),
    "Aurelle Fine": ((3, 11, 6, "T1"),),
    "Aurelle Contour": ((9, 1, 2, "T1"), (2, 16, 5, "T1")),
    "Aurelle Volume": ((2, 15, 1, "T1"),),
    "Solvarase": ((6, 8, 2, "T1"),),
    "Azimal 500": ((11, -1, 4, "PH"), (2, 20, 12, "PH")),
    "Suture 5-0, absorbable": ((6, 30, 1, "OT"),),
    "Laser handpiece tip, 12 mm": ((6, 0, 2, "ST"),),
    "Dewline Booster": (),
}
USUAL = ((2, 18, 0, "PH"),)  # twice what is ordered below


@dataclass(frozen=True, slots=True)
class Store:
    """The store as the rest of the demonstration needs it: items by name and places by code."""

    items: dict[str, Any]
    places: dict[str, Any]


def fill(place: Place) -> Store:
    """Items, places and the deliveries of the past year, one batch of which is locked away."""
    by = place.by["inventory"]
    zone = ZoneInfo(place.branch.timezone)
    today = clock.today(zone)
    places = {
        code: actions.add_location(place.branch.pk, {"code": code, "name": name, "kind": kind}, by=by)
        for code, name, kind in PLACES
    }
    items: dict[str, Any] = {}
    batches: dict[Any, Any] = {}
    for details in _items():
        item = items[details["name"]] = actions.add_item(details, by=by)
        for index, (ago, until, packs, code) in enumerate(DELIVERIES.get(item.name, USUAL)):
            quantity = item.units_per_pack * packs or 2 * item.reorder_level
            delivery = Delivery(
                quantity=quantity,
                number=_number(item.name, index) if item.needs_batch else "",
                expires_on=_last_day(today, until) if item.needs_expiry else None,
                supplier="Malabar Surgicals",
                reference=f"MS-{len(batches) + 2101}",
                cost=(quantity * item.price * Decimal("0.6")) or quantity * 9,
            )
            at = datetime.combine(today - timedelta(days=30 * ago), time(10, len(batches) % 60), zone)
            with clock.at(at):
                moved = actions.receive(item.pk, places[code].pk, delivery, by=by)
            batches[moved.batch_id] = moved
    locked = next(moved for moved in batches.values() if moved.item == items["Mupiheal ointment"])
    actions.quarantine(locked.batch_id, "Two tubes came without a seal", by=by)
    implants.stock(place, places["OT"])
    return Store(items, places)


def _items() -> list[dict[str, Any]]:
    """What is kept: the rows of the table, with numbers as numbers."""
    with ITEMS.open(encoding="utf-8", newline="") as table:
        rows: list[dict[str, Any]] = list(csv.DictReader(table))
    for row in rows:
        row.update({name: Decimal(row[name]) for name in NUMBERS})
        row["needs_batch"] = row["needs_expiry"] = row["name"] not in NO_EXPIRY
    return rows


def _number(name: str, index: int) -> str:
    """A batch number as makers print them, the same every time."""
    letters = "".join(word[0] for word in name.split()[:2]).upper()
    return f"{letters}{sum(map(ord, name)) * 7 % 9000 + 1000 + 13 * index}"


def _last_day(today: date, months: int) -> date:
    """The last day of the month so many months away: what a pack that names a month means."""
    month = today.month + months
    first_of_next = date(today.year + month // 12, month % 12 + 1, 1)
    return first_of_next - timedelta(days=1)
