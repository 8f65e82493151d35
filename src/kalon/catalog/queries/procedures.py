"""Reading the procedure catalogue: what is done, by whom, where, and what it asks for beforehand."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from kalon.catalog.models import Procedure, ProcedureCode, ProcedureInstructions, ProcedureTeam
from kalon.catalog.models.offers import Demand
from kalon.catalog.queries.offers import found_one, mine, needed_for
from kalon.catalog.rules import taking
from kalon.catalog.rules.taking import Taken, Team
from kalon.kernel.actors import Actor


def procedures(
    *, seen_by: Actor, text: str = "", category: str = "", setting: str = "", active_only: bool = True
) -> "QuerySet[Procedure]":
    """The catalogue by name; `text` is part of a name, or how a code of any system begins.

    Patients see what a procedure is; its codes and its team are the clinic's own.
    """
    rows = mine(Procedure, seen_by).select_related("service").order_by("name", "id")
    if not seen_by.is_patient:
        rows = rows.prefetch_related("codes", "team")
    if active_only:
        rows = rows.filter(is_active=True)
    if category:
        rows = rows.filter(category=category)
    if setting:
        rows = rows.filter(setting=setting)
    if not text:
        return rows
    named = Q(name__icontains=text) | Q(code__istartswith=text)
    if seen_by.is_patient:
        return rows.filter(named)
    coded = mine(ProcedureCode, seen_by).filter(code__istartswith=text).values("procedure_id")
    return rows.filter(named | Q(pk__in=coded))


def procedure(pk: UUID | str, *, seen_by: Actor) -> Procedure:
    """One procedure, in use or not."""
    return found_one(procedures(seen_by=seen_by, active_only=False), pk, "procedure")


def team_for(procedure_ids: Iterable[UUID], *, seen_by: Actor) -> Team:
    """Whom these procedures take together besides the one who does them: of each kind as many as one of them takes."""
    rows = mine(ProcedureTeam, seen_by).filter(procedure_id__in=list(procedure_ids))
    return taking.together(_taken(rows))


def booked_otherwise(found: Procedure) -> list[str]:
    """Where the visits of a treatment are booked with less than it takes; an operation is reserved with its own."""
    if found.service is None or found.setting == Procedure.Setting.SURGICAL:
        return []
    return taking.booked_otherwise(
        minutes=found.minutes,
        room=found.room_kind,
        team=taking.together(_taken(found.team.all())),
        visit=needed_for(found.service),
        rooms=dict(Demand.RoomKind.choices),
    )


def _taken(rows: Iterable[ProcedureTeam]) -> list[Taken]:
    return [Taken(row.staff_kind, row.get_staff_kind_display(), row.count) for row in rows]


def written_instructions(procedure_id: UUID, language: str, *, seen_by: Actor) -> dict[str, ProcedureInstructions]:
    """What is written for patients about one procedure in one language, by its kind."""
    rows = mine(ProcedureInstructions, seen_by).filter(procedure_id=procedure_id, language=language)
    return {row.kind: row for row in rows}


def instructions_for(
    procedure_ids: Iterable[UUID], language: str, *, seen_by: Actor
) -> list[tuple[Procedure, list[ProcedureInstructions]]]:
    """What patients are told about each procedure, before it first; English where their language has no text."""
    wanted = list(dict.fromkeys(procedure_ids))
    rows = mine(ProcedureInstructions, seen_by).filter(procedure_id__in=wanted, language__in={language, "en"})
    said: dict[tuple[UUID, str], ProcedureInstructions] = {}
    for row in rows.select_related("procedure"):
        key = (row.procedure_id, row.kind)
        if key not in said or row.language == language:
            said[key] = row
    told = [[said[pk, kind] for kind in ProcedureInstructions.Kind.values if (pk, kind) in said] for pk in wanted]
    return [(texts[0].procedure, texts) for texts in told if texts]
