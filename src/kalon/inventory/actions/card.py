"""The implant card: what a patient carries to show what is in them."""

from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from kalon.inventory import queries
from kalon.inventory.models import Implant
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.web import papers

TEMPLATE = Path(__file__).parent.parent / "templates" / "inventory" / "paper" / "implant_card.typ"
MOST = 6  # implants on one card


@verb
def implant_card(pk: UUID, *, by: Actor) -> tuple[str, bytes]:
    """The card of an implant and of those put in with it, with their codes: file name and PDF.

    What it holds follows the implant card of EU Regulation 2017/745, article 18 (device, lot, serial, UDI, maker,
    patient, date, who put it in). Review before clinical use.
    """
    entry = queries.implant(pk, seen_by=by)
    with_it = queries.implants_of(entry.patient_id, seen_by=by).filter(
        source_kind=entry.source_kind, source_id=entry.source_id, explanted_at=None
    )
    rows = [one for one in with_it[:MOST] if one.pk != entry.pk]
    rows = [entry, *rows] if entry.is_inside else [entry]
    for row in rows:
        audit.read(by, row, purpose="implant card")
    zone = entry.branch.timezone
    data = {
        **people.letterhead(entry.branch, seen_by=by),
        "patient": entry.patient.name,
        "mrn": entry.patient.mrn,
        "implants": [_row(row, zone) for row in rows],
    }
    return f"implant-card-{entry.serial}.pdf".replace("/", "-"), papers.draw(TEMPLATE, data)


def _row(row: Implant, zone: str) -> dict[str, str]:
    on = row.implanted_at.astimezone(ZoneInfo(zone))
    return {
        "name": row.item_name,
        "maker": row.manufacturer,
        "model": ", ".join(part for part in (row.model, row.size, row.shape) if part),
        "lot": row.lot,
        "serial": row.serial,
        "device": row.device_code,
        "side": "" if row.side == Implant.Side.NONE else row.get_side_display(),
        "date": f"{on.day} {on:%B %Y}",
        "surgeon": row.surgeon_name,
        "code": papers.square_code(code_of(row)),
        "state": "" if row.is_inside else "Taken out",
    }


def code_of(row: Implant) -> str:
    """What the square code of an implant holds: the code of its pack, or what was typed from it, as GS1 writes it."""
    if row.udi:
        return row.udi
    written = f"(01){row.device_code}" if row.device_code.isdigit() else row.device_code
    return f"{written}(10){row.lot}(21){row.serial}"
