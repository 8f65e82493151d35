"""Implants by serial in the demonstration: what came, scanned from its packs; all names and numbers are invented."""

from datetime import timedelta
from typing import Any

from kalon.config.seed.clinic import Place
from kalon.inventory import actions
from kalon.kernel import clock

# name, GTIN (of GS1's range for examples and its own check digit), model, size, shape, lot, serials, days it lasts
PIECES = (
    ("Aurelle Round 275 cc", "095011010209", "AR-275", "275 cc", "Round", "AR2611", (118842, 118843, 118851), 1500),
    ("Aurelle Round 300 cc", "095011010210", "AR-300", "300 cc", "Round", "AR2614", (120417, 120418), 1530),
    ("Aurelle Contour 290 cc", "095011010211", "AC-290", "290 cc", "Anatomical", "AC3002", (51208, 51209, 51214), 1590),
    ("Chin implant, small", "095011010212", "CH-S", "Small", "Extended", "CH0631", (22910,), 58),
    ("Chin implant, medium", "095011010213", "CH-M", "Medium", "Extended", "CH0640", (22934, 22935), 1080),
)


def stock(place: Place, location: Any) -> list[Any]:
    """The implants and every piece of them, received by the code on its pack."""
    by = place.by["inventory"]
    today = clock.today(place.branch.timezone)
    made: list[Any] = []
    for name, start, model, size, shape, lot, serials, days in PIECES:
        gtin = gtin_of(start)
        details = {
            "name": name, "kind": "IMPLANT", "unit": "piece", "needs_serial": True, "device_code": gtin, "model": model,
            "size": size, "shape": shape, "manufacturer": "Aurelle Medical",
        }  # fmt: skip
        actions.add_item(details, by=by)
        until = f"{today + timedelta(days=days):%y%m%d}"
        packs = [actions.Pack(scan=f"01{gtin}17{until}10{lot}\x1d21{model}-{serial}") for serial in serials]
        made += actions.receive_units(location.pk, packs, supplier="Malabar Surgicals", by=by)
    actions.quarantine_unit(made[-1].pk, "Seal broken", by=by)
    return made


def gtin_of(start: str) -> str:
    """A GTIN of fourteen digits from its first twelve, with a digit for the size of the pack and its check digit."""
    body = f"{start}1"
    total = sum(int(digit) * (3, 1)[at % 2] for at, digit in enumerate(body))
    return f"{body}{-total % 10}"
