"""Writing the procedure catalogue: what is done, whom it takes besides, and what it is called in coding systems."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from kalon.catalog import queries
from kalon.catalog.actions.offers import MANAGE, _add, _change, _locked
from kalon.catalog.models import Need, Procedure, ProcedureCode, ProcedureTeam
from kalon.catalog.models.procedures import SYSTEMS
from kalon.catalog.rules import CodeLine, TeamLine
from kalon.catalog.rules.views import VIEWS, unknown
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid
from kalon.kernel.tenancy import verb

DO = "change the procedure catalogue"
MOST_CODES = 20
REFUSALS = {
    "catalog_procedure_code_once": Clash("Another procedure has this code. Choose another code.", field="code"),
    "catalog_procedure_named": Invalid("A code has capital letters, digits, - and _.", field="code"),
    "catalog_procedure_minutes": Invalid("Between 5 minutes and 24 hours.", field="minutes"),
    "catalog_procedure_surgery_needs_consent": Invalid(
        "An operation always has a signed consent first. Tick the consent, or choose a treatment in a room.",
        field="needs_consent",
    ),
    "catalog_procedure_days_between": Invalid("Between 1 and 366 days, or empty.", field="least_days_between"),
    "catalog_procedurecode_once": Invalid("Each code stands once.", field="codes"),
    "catalog_procedurecode_shape": Invalid(
        "A code has letters, digits, dots and dashes, such as 30400.", field="codes"
    ),
    "catalog_procedureteam_once": Invalid("Each kind of staff stands once; write how many beside it.", field="team"),
    "catalog_procedureteam_count": Invalid("Between 1 and 10 of each kind of staff.", field="team"),
}


@verb
def add_procedure(
    details: Mapping[str, Any], team: Sequence[TeamLine] = (), codes: Sequence[CodeLine] = (), *, by: Actor
) -> Procedure:
    """Put a procedure into the catalogue, with its team and its codes.

    Refusals: Clash for a code that stands already, Invalid for a detail, NotPermitted.
    """
    by.must(MANAGE, do=DO)
    made = _added(details, by=by)
    _staff(made, team, by=by)
    _code(made, codes, by=by)
    return queries.procedure(made.pk, seen_by=by)


@verb
def change_procedure(
    pk: UUID,
    details: Mapping[str, Any],
    team: Sequence[TeamLine] | None = None,
    codes: Sequence[CodeLine] | None = None,
    *,
    by: Actor,
) -> Procedure:
    """Change a procedure, its team when `team` is given and its codes when `codes` are given.

    Plans already approved keep the lines they have; what it was before stays in its history.
    """
    by.must(MANAGE, do=DO)
    found = queries.procedure(pk, seen_by=by)
    had_team = {line.staff_kind: line.count for line in found.team.all()}
    had_codes = sorted(f"{line} {line.words}".strip() for line in found.codes.all())
    changed = _locked(Procedure, found)
    with refusing(REFUSALS):
        _change(changed, _tidied(details, by=by), by=by)
    if team is not None and had_team != {line.staff_kind: line.count for line in team}:
        changed.team.all().delete()
        _staff(changed, team, by=by)
        wanted_team = {line.staff_kind: line.count for line in team}
        audit.note(by, audit.Kind.CHANGE, changed, facts={"team": [had_team, wanted_team]})
    if codes is not None and had_codes != (wanted := sorted(f"{c.system} {c.code} {c.words}".strip() for c in codes)):
        changed.codes.all().delete()
        _code(changed, codes, by=by)
        audit.note(by, audit.Kind.CHANGE, changed, facts={"codes": [had_codes, wanted]})
    return queries.procedure(pk, seen_by=by)


@verb
def retire_procedure(pk: UUID, *, by: Actor) -> Procedure:
    """Take a procedure out of use: nobody plans it any more, and what was planned with it goes on."""
    return change_procedure(pk, {"is_active": False}, by=by)


def _added(details: Mapping[str, Any], *, by: Actor) -> Procedure:
    with refusing(REFUSALS):
        return _add(Procedure(organization_id=by.organization_id), _tidied(details, by=by), by=by)


def _tidied(details: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """Words without stray blanks, views that exist, a service of this clinic."""
    given = dict(details)
    for name in ("code", "name", "patient_words"):
        if name in given:
            given[name] = str(given[name]).strip()
    if "photo_views" in given:
        given["photo_views"] = list(dict.fromkeys(given["photo_views"]))
        if wrong := unknown(given["photo_views"]):
            raise Invalid(f"There is no standard view {wrong[0]}. Choose from {', '.join(VIEWS)}.", field="photo_views")
    if given.get("service_id") is not None:
        given["service_id"] = queries.service(given["service_id"], seen_by=by).pk
    return given


def _staff(procedure: Procedure, team: Sequence[TeamLine], *, by: Actor) -> None:
    if any(line.staff_kind not in Need.StaffKind.values for line in team):
        raise Invalid(f"Choose the staff from {', '.join(Need.StaffKind.values)}.", field="team")
    if any(not 1 <= line.count <= 10 for line in team):
        raise REFUSALS["catalog_procedureteam_count"]
    with refusing(REFUSALS):
        ProcedureTeam.objects.bulk_create(
            ProcedureTeam(organization_id=by.organization_id, procedure=procedure, **asdict(line)) for line in team
        )


def _code(procedure: Procedure, codes: Sequence[CodeLine], *, by: Actor) -> None:
    if len(codes) > MOST_CODES:
        raise Invalid(f"A procedure has at most {MOST_CODES} codes.", field="codes")
    if wrong := next((line for line in codes if line.system not in SYSTEMS), None):
        raise Invalid(
            f"“{wrong.system}” is not a coding system known here. Write one of {', '.join(SYSTEMS)}.", field="codes"
        )
    if wrong := next((line for line in codes if len(line.code) > 30 or len(line.words) > 300), None):
        raise Invalid(
            f"{wrong.system} {wrong.code[:30]} is too long: a code has at most 30 characters, its words 300.",
            field="codes",
        )
    with refusing(REFUSALS):
        ProcedureCode.objects.bulk_create(
            ProcedureCode(organization_id=by.organization_id, procedure=procedure, **asdict(line)) for line in codes
        )
