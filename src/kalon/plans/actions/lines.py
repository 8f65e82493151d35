"""The lines of a plan: each an entry of the procedure catalogue, a service that is sold, or the doctor's own words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from kalon.catalog import queries as catalog
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.plans import rules
from kalon.plans.lifecycles import MoneyType, PlanType, Side
from kalon.plans.models import PlanLine, ProcedurePlan

MOST_LINES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDetails:
    """One thing to be done: an entry of the procedure catalogue, a service, or a procedure in the doctor's words.

    What an entry is sold as and what it is called come from the catalogue where nothing else is given. `minutes`:
    how long it is planned to take. `implant_choice`: which implant, such as "round, 300 cc, textured".
    """

    entry_id: UUID | None = None
    service_id: UUID | None = None
    procedure: str = ""
    side: str = ""
    technique: str = ""
    implant_choice: str = ""
    minutes: int | None = None
    quantity: int = 1
    money_type: str = ""
    note: str = ""


Entries = Mapping[UUID, Any]  # each a procedure of the catalogue


def entries_of(lines: Iterable[LineDetails], *, by: Actor) -> Entries:
    """The entries of the catalogue that these lines name, in one statement."""
    wanted = {line.entry_id for line in lines if line.entry_id}
    if not wanted:
        return {}
    rows = catalog.procedures(seen_by=by, active_only=False).prefetch_related(None)
    return {row.pk: row for row in rows.filter(pk__in=wanted)}


def check_lines(lines: Sequence[LineDetails], entries: Entries, *, plan_type: str) -> None:
    """What cannot be written; what is only still missing is said when the plan is sent for approval."""
    if len(lines) > MOST_LINES:
        raise Invalid(f"A plan has at most {MOST_LINES} lines. Split it into two plans.", field="title")
    for position, line in enumerate(lines, start=1):
        _check_line(line, position)
        if line.entry_id:
            _check_entry(line, entries.get(line.entry_id), position, plan_type)


def filled_in(lines: Sequence[LineDetails], entries: Entries) -> tuple[LineDetails, ...]:
    """The lines with what the catalogue says of their entries where the doctor said nothing."""
    return tuple(_filled(line, entries[line.entry_id]) if line.entry_id else line for line in lines)


def write_lines(plan: ProcedurePlan, lines: Sequence[LineDetails], *, money_type: str, by: Actor) -> None:
    """Write the lines of a plan that has none, in their order."""
    wanted = {line.service_id for line in lines if line.service_id}
    known = {pk: catalog.service(pk, seen_by=by) for pk in wanted}
    for position, line in enumerate(lines, start=1):
        _row(plan, position, line, known, money_type).save(force_insert=True)


def _row(plan: ProcedurePlan, position: int, line: LineDetails, known: Mapping[UUID, Any], money_type: str) -> PlanLine:
    return PlanLine(
        organization_id=plan.organization_id,
        patient=plan.patient,
        plan=plan,
        position=position,
        entry_id=line.entry_id,
        service=known[line.service_id] if line.service_id else None,
        procedure=line.procedure.strip(),
        side=line.side,
        technique=line.technique.strip(),
        implant_choice=line.implant_choice.strip() or None,
        minutes=line.minutes,
        quantity=line.quantity,
        money_type=line.money_type or (MoneyType.COSMETIC if money_type == MoneyType.HYBRID else money_type),
        note=line.note.strip(),
    )


def _filled(line: LineDetails, entry: Any) -> LineDetails:
    return replace(
        line,
        service_id=line.service_id or entry.service_id,
        procedure=line.procedure.strip() or entry.name,
        side=line.side or ("" if entry.has_side else Side.NONE),
    )


def _check_entry(line: LineDetails, entry: Any, position: int, plan_type: str) -> None:
    if entry is None:
        raise Invalid(f"Line {position}: there is no such procedure. Choose from the list.", field="lines")
    if not entry.is_active:
        raise Invalid(f"Line {position}: {entry.name} is out of use. Choose another procedure.", field="lines")
    if entry.setting == PlanType.SURGICAL and plan_type != PlanType.SURGICAL:
        raise Invalid(
            f"Line {position}: {entry.name} is an operation. Choose the kind of plan Surgery.", field="plan_type"
        )
    if entry.needs_consent and plan_type == PlanType.CONSERVATIVE:
        raise Invalid(
            f"Line {position}: {entry.name} needs a signed consent, and a plan without a procedure has none. "
            "Choose the kind of plan One treatment.",
            field="plan_type",
        )
    if line.implant_choice.strip() and not entry.takes_implant:
        raise Invalid(f"Line {position}: {entry.name} takes no implant. Leave the implant empty.", field="lines")


def _check_line(line: LineDetails, position: int) -> None:
    if not (line.entry_id or line.service_id or line.procedure.strip()):
        raise Invalid(f"Line {position}: choose a procedure, or write what is to be done.", field="lines")
    if line.side and line.side not in Side.values:
        raise Invalid(f"Line {position}: choose the side.", field="lines")
    if not 1 <= line.quantity <= 999:
        raise Invalid(f"Line {position}: the quantity is between 1 and 999.", field="lines")
    if line.minutes is not None and not 5 <= line.minutes <= 1440:
        raise Invalid(f"Line {position}: it takes between 5 minutes and 24 hours.", field="lines")
    if line.money_type and line.money_type not in (MoneyType.COSMETIC, MoneyType.RECONSTRUCTIVE):
        raise Invalid(f"Line {position}: a line is cosmetic or reconstructive.", field="lines")
    if max(len(line.procedure), len(line.technique), len(line.implant_choice), len(line.note)) > rules.LONGEST_TEXT:
        raise Invalid(f"Line {position} is too long; keep it under {rules.LONGEST_TEXT:,} characters.", field="lines")
