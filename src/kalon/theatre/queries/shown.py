"""What stands behind the lines of one clearance, as a page shows it: the words, the name, the way to the row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kalon.theatre.models import Clearance, Statement, Waiver
from kalon.theatre.queries.clearances import Line

RECORDS = {
    "orders.order": ("Laboratory order", "orders:order"),
    "consents.consent": ("Signed consent", "consents:consent"),
    "quotes.quote": ("Accepted quote", "quotes:quote"),
    "quotes.moneywaiver": ("Nothing is asked for this plan", ""),
    "quotes.selfpaywaiver": ("The patient signed that they pay themselves", ""),
    "plans.procedureplan": ("Nothing is asked for this plan", ""),
    "plans.tick": ("All of it is ticked", ""),
    "photos.photo": ("All views are taken", ""),
    "inventory.reservation": ("All of it is put aside", ""),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A line with what answers it in words; `page` is the address of the row where it has one."""

    line: Line
    words: str
    who: str
    page: str
    row: UUID | None


def shown(found: Clearance, lines: Sequence[Line]) -> list[Shown]:
    """The lines of a clearance with their evidence; what was said or let go for an earlier date is found too."""
    ids = {line.requirement.evidence_id for line in lines if line.requirement.evidence_id is not None}
    said = {one.pk: one for one in Statement.objects.filter(pk__in=ids).select_related("patient", "staff")}
    waived = {one.pk: one for one in Waiver.objects.filter(pk__in=ids).select_related("patient", "staff")}
    return [_shown(line, said, waived) for line in lines]


def _shown(line: Line, said: dict[UUID, Any], waived: dict[UUID, Any]) -> Shown:
    row = line.requirement
    if row.evidence_id in said:
        one = said[row.evidence_id]
        return Shown(line, str(one.words), one.staff.name, "", None)
    if row.evidence_id in waived:
        one = waived[row.evidence_id]
        return Shown(line, f"Let go: {one.reason}", f"signed {one.signed_name}", "", None)
    if row.kind == "INVENTORY":
        words = RECORDS["inventory.reservation"][0] if line.is_met else line.to_do
        who = row.met_by if line.is_met else line.move
        return Shown(line, words, who, "inventory:for_plan", row.clearance.plan_id)
    if not line.is_met:
        return Shown(line, line.to_do, line.move, "", None)
    words, page = RECORDS.get(row.evidence_kind, ("In the records", ""))
    return Shown(line, words, row.met_by, page, row.evidence_id)
