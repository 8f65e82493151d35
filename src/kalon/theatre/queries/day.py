"""Everything that the page of a case in theatre shows, read together."""

import hashlib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kalon.inventory import queries as stock
from kalon.inventory.events import Source
from kalon.inventory.lifecycles import VIEW as STOCK
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.theatre.lifecycles import Anaesthesia, CaseStatus, Moment, TeamRole, no_implant
from kalon.theatre.models import Case, Count, Stage, What
from kalon.theatre.queries.cases import counts_of, note_of, stages_of
from kalon.theatre.queries.clearances import Line, clearances, lines_of, with_lines
from kalon.theatre.rules import day

WHICH = {"in": "in_at", "anaesthesia": "anaesthesia_at", "incision": "incision_at", "closure": "closure_at",
         "out": "out_at"}  # fmt: skip
KINDS = {
    TeamRole.SURGEON: ("SURGEON", "DOCTOR"),
    TeamRole.ANAESTHESIA: ("ANAESTHETIST",),
    TeamRole.NURSE: ("NURSE", "TECHNICIAN"),
}


@dataclass(slots=True)
class Used:
    """One lot of an item as this case uses it: what is kept for it, what was taken, and the row to give back from."""

    item: Any
    batch: Any
    kept: Decimal = Decimal(0)
    quantity: Decimal = Decimal(0)
    last: Any = None


@dataclass(slots=True)
class Day:
    """One case as it stands at this moment."""

    case: Case
    stages: list[Stage]
    counts: list[tuple[str, str, Count | None]]
    step: day.Step | None
    implants: list[Any] = field(default_factory=list)
    kept: list[Any] = field(default_factory=list)
    used: list[Used] = field(default_factory=list)
    wasted: list[Any] = field(default_factory=list)
    note: Any = None
    without: list[Any] = field(default_factory=list)
    open_sides: list[str] = field(default_factory=list)
    is_used: bool = False
    lines_of_the_day: list[Line] = field(default_factory=list)

    @property
    def edition(self) -> str:
        """A word that changes with everything that is written in theatre."""
        said = [self.case.status, *map(str, self.times.values()), self.case.complications]
        for stage in self.stages:
            said += [stage.status, *(item.answer for item in stage.items.all())]
            said += [str(one.staff_id) for one in stage.signatures.all()]
        said += [f"{one.before} {one.after} {one.explanation}" for _, _, one in self.counts if one]
        said += [f"{one.pk} {one.explanted_at}" for one in self.implants]
        said += [f"{one.batch.pk} {one.quantity}" for one in self.used]
        said += [one.side for one in self.without]
        return hashlib.sha256("|".join(said).encode()).hexdigest()[:12]

    @property
    def times(self) -> dict[str, Any]:
        return {which: getattr(self.case, column) for which, column in WHICH.items()}

    @property
    def clocked(self) -> list[tuple[str, str, Any]]:
        """The times in the order of an operation, each with its name and what it is called."""
        return [(which, label, at) for (which, at), (label, _) in zip(self.times.items(), self.case.times, strict=True)]


def day_of(case: Case, *, seen_by: Actor) -> Day:
    """A case with its checklist, counts, stock, note and what comes next; the same number of statements for any."""
    counted = {one.what: one for one in counts_of(case)}
    found = Day(
        case=case, stages=stages_of(case), step=None,
        counts=[(what, label, counted.get(what)) for what, label in What.choices],
    )  # fmt: skip
    if seen_by.may(STOCK):
        _stock(found, seen_by)
    found.note = note_of(case)
    if case.out_at:
        found.without = list(case.without.select_related("patient", "staff"))
        found.open_sides = case.implants_open() if case.status == CaseStatus.IN_PROGRESS else []
    if case.status == CaseStatus.SCHEDULED and case.clearance_id:
        given = with_lines(clearances(seen_by=seen_by).filter(pk=case.clearance_id)).first()
        found.lines_of_the_day = [
            one for one in (lines_of(given) if given else []) if one.requirement.moment == Moment.DAY_OF
        ]
    if case.status == CaseStatus.IN_PROGRESS:
        found.step = _step(found)
    return found


def signers(case: Case, *, seen_by: Actor) -> dict[str, list[Any]]:
    """Who of the branch may sign in which role; the case's own surgeon and whoever acts stand first."""
    own = people.staff_of(seen_by)
    first = {case.surgeon_id, own.pk if own else None}
    team: dict[str, list[Any]] = {}
    for role, kinds in KINDS.items():
        rows = [one for kind in kinds for one in people.team(branch_id=case.branch_id, kind=kind, seen_by=seen_by)]
        team[role] = sorted(rows, key=lambda one: (one.pk not in first, one.name))
    return team


def _stock(found: Day, by: Actor) -> None:
    case, paper = found.case, Source("case", found.case.pk)
    rows: dict[Any, Used] = {}
    for held in stock.reserved_for(Source("plan", case.plan_id), seen_by=by):
        if held.unit_id:
            found.kept.append(held)
        else:
            rows.setdefault(held.batch_id, Used(held.item, held.batch)).kept += held.left
    for move in stock.used_for(paper, seen_by=by).select_related("item", "batch", "unit"):
        if move.kind == "WASTED":
            found.wasted.append(move)
        elif move.unit_id is None:
            row = rows.setdefault(move.batch_id, Used(move.item, move.batch))
            row.quantity += move.quantity if move.kind == "ISSUED" else -move.quantity
            row.last = move if move.kind == "ISSUED" else row.last
    found.used = sorted(rows.values(), key=lambda row: (row.item.name, str(row.batch)))
    if by.may("inventory.implants"):
        inside = stock.implants_of(case.patient_id, seen_by=by).filter(plan_id=case.plan_id)
        found.implants = list(inside.order_by("implanted_at", "id"))
        audit.reads(by, found.implants, purpose="case in theatre")


def _step(found: Day) -> day.Step:
    case = found.case
    parts = {
        stage.kind: day.Part(
            list(stage.items.all()), [one.role for one in stage.signatures.all()], stage.roles, stage.is_complete
        )
        for stage in found.stages
    }
    open_counts = [
        f"{label} are not counted before and after, or the count does not agree"
        for _, label, one in found.counts
        if one is None or not one.is_settled
    ]
    found.is_used = case.nothing_used_at is not None or case.has_consumption()
    return day.next_step(
        found.times, parts, counts=open_counts, is_local=case.anaesthesia == Anaesthesia.LOCAL,
        is_used=found.is_used, open_implants=no_implant(found.open_sides),
    )  # fmt: skip


__all__ = ["Day", "Used", "day_of", "signers"]
