"""How a surgeon likes a procedure prepared: the card is written in versions."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from kalon.catalog import queries as catalog
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotPermitted
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.theatre import queries
from kalon.theatre.actions.naming import acting_staff
from kalon.theatre.lifecycles import ARRANGE, MANAGE, OPERATE, Anaesthesia
from kalon.theatre.models import PreferenceCard
from kalon.theatre.models.preferences import LONGEST

WORDS = ("position", "room_setup", "instruments", "sutures", "drugs", "implants", "dressing", "notes")
FACTS = (*WORDS, "minutes", "anaesthesia", "team")
SURGEONS = ("SURGEON", "DOCTOR")
MEANWHILE = Clash("Somebody wrote this card meanwhile. Look at it again, then change it.")


def may_write(staff: Any, surgeon_id: UUID | None, by: Actor) -> bool:
    """Whether somebody may write a card: surgeons their own, whoever arranges the theatre any."""
    if staff is None or not by.may(OPERATE):
        return False
    return staff.pk == surgeon_id or (by.may(ARRANGE) and (staff.kind not in SURGEONS or by.may(MANAGE)))


@verb
def write_card(
    procedure_id: UUID, surgeon_id: UUID | None, facts: Mapping[str, Any], *, seen: int | None = None, by: Actor
) -> PreferenceCard:
    """Write a card anew, as a further version; without a surgeon it is the house's own, for whoever has none.

    A surgeon writes their own card; whoever arranges the theatre writes any. `facts`: the words, `minutes`,
    `anaesthesia` and `team` (staff); what is not named stays empty. `seen`: the version that was read.
    """
    return _write(procedure_id, surgeon_id, {name: facts.get(name) for name in FACTS}, seen=seen, by=by)


@verb
def end_card(procedure_id: UUID, surgeon_id: UUID | None, *, seen: int | None = None, by: Actor) -> PreferenceCard:
    """A card counts no longer; its versions stay to be read, and the house's own counts."""
    held = queries.card_of(procedure_id, surgeon_id, seen_by=by)
    if held is None:
        raise Invalid("There is no card that could be ended.")
    facts = {name: getattr(held, name) for name in FACTS}
    return _write(procedure_id, surgeon_id, facts, seen=seen, is_active=False, by=by)


def _write(
    procedure_id: UUID, surgeon_id: UUID | None, facts: dict[str, Any], *, seen: int | None, by: Actor,
    is_active: bool = True,
) -> PreferenceCard:  # fmt: skip
    by.must(OPERATE, do="write how an operation is prepared")
    staff = acting_staff(by, "write a preference card")
    if not may_write(staff, surgeon_id, by):
        raise NotPermitted("You write your own card. The theatre manager writes those of others and of the house.")
    procedure = catalog.procedure(procedure_id, seen_by=by)
    surgeon = people.staff_member(surgeon_id, seen_by=by) if surgeon_id else None
    last = queries.cards_of(procedure.pk, surgeon_id, seen_by=by).first()
    if seen is not None and seen != (last.version if last else 0):
        raise MEANWHILE
    checked = _checked(facts)
    if last is not None and last.is_active == is_active and all(getattr(last, key) == checked[key] for key in FACTS):
        return last
    made = PreferenceCard(
        organization_id=by.organization_id, procedure=procedure, surgeon=surgeon, is_active=is_active,
        version=(last.version if last else 0) + 1, written_by=staff, **checked,
    )  # fmt: skip
    strange = Invalid("Choose the team from the staff of this clinic.", field="team")
    with refusing({"theatre_preferencecard_version_once": MEANWHILE, "theatre_preferencecard_team": strange}):
        made.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, made, facts={"version": made.version})
    return made


def _checked(facts: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {name: str(facts[name] or "").strip() for name in WORDS}
    if long := next((name for name in WORDS if len(said[name]) > LONGEST), None):
        raise Invalid(f"This is too long; keep it under {LONGEST:,} characters.", field=long)
    minutes, anaesthesia = facts["minutes"], facts["anaesthesia"] or ""
    if minutes is not None and not 5 <= minutes <= 1440:
        raise Invalid("Between 5 minutes and 24 hours.", field="minutes")
    if anaesthesia and anaesthesia not in Anaesthesia.values:
        raise Invalid("Choose the kind of anaesthesia from the list.", field="anaesthesia")
    team = list(dict.fromkeys(facts["team"] or ()))
    if len(team) > 12:
        raise Invalid("A team has at most twelve people.", field="team")
    return {**said, "minutes": minutes, "anaesthesia": anaesthesia, "team": team}
