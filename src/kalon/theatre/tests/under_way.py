"""A case that is under way: the one way in which tests come to it that put something into a patient.

By the product's own verbs, and no more of them than the database asks for: agreed, cleared, booked, started, cut.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kalon.consents import actions as consents
from kalon.consents import queries as consent_queries
from kalon.consents.tests.planned import sign_all
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.people import queries as people
from kalon.quotes import actions as quotes
from kalon.theatre import actions, queries
from kalon.theatre.rules import checklist

REASON = "Done before this story begins."


@dataclass(frozen=True)
class Hands:
    """Whoever has a hand in it, each with a staff record of their own."""

    owner: Actor
    surgeon: Actor
    nurse: Actor
    manager: Actor


def under_way(hands: Hands, plan: Any, start: datetime) -> Any:
    """An approved surgery for which nothing is paid, past knife to skin; its theatre is kept from `start` on."""
    return cut(hands, brought_in(hands, plan, start))


def brought_in(hands: Hands, plan: Any, start: datetime) -> Any:
    """The same before knife to skin: in theatre, nothing written yet."""
    quotes.waive_money(plan.pk, "A colleague", by=hands.owner)
    return started(hands, booked(hands, plan, start, anaesthesia="LOCAL"))


def agreed(hands: Hands, plan: Any) -> Any:
    """The consent to it, signed by the patient and by the surgeon."""
    with acting_as(hands.owner):
        form = consent_queries.usable(seen_by=hands.owner).filter(kind="PROCEDURE").first()
    if form is None:
        drafts = consents.bring_built_in(by=hands.owner)
        form = consents.publish(next(one.pk for one in drafts if one.kind == "PROCEDURE"), by=hands.owner)
    wish = consents.Wish(form.pk, plan.branch_id, plan_id=plan.pk)
    made = consents.prepare(plan.patient_id, wish, by=hands.nurse)
    asked = consents.present(made.pk, by=hands.nurse)
    return sign_all(asked, nurse=hands.nurse, doctor=hands.surgeon)


def cleared(hands: Hands, plan: Any, day: date) -> Any:
    """The patient cleared for that day: what no row answers here is let go or said by the surgeon."""
    clearance = actions.open_clearance(plan.pk, day, by=hands.manager)
    with acting_as(hands.surgeon):
        name = people.staff_of(hands.surgeon).name  # type: ignore[union-attr]
        said = queries.sayable(seen_by=hands.surgeon)
        open_lines = [
            one for one in queries.lines_of(queries.clearance(clearance.pk, seen_by=hands.surgeon))
            if one.requirement.moment == "BEFORE" and not one.is_met
        ]  # fmt: skip
    for one in open_lines:
        if one.requirement.kind in said:
            actions.state(one.requirement.pk, REASON, by=hands.surgeon)
        else:
            actions.waive(one.requirement.pk, REASON, name, by=hands.surgeon)
    return actions.clear(clearance.pk, by=hands.manager)


def booked(hands: Hands, plan: Any, start: datetime, anaesthesia: str = "") -> Any:
    """The case of a planned surgery: agreed, cleared, the theatre of its branch kept for an hour."""
    agreed(hands, plan)
    cleared(hands, plan, start.date())
    with acting_as(hands.manager):
        room = people.rooms(seen_by=hands.manager, branch_id=plan.branch_id, kind="THEATRE")[0]
        surgeon = people.staff_of(hands.surgeon)
    assert surgeon is not None
    wish = actions.TheatreWish(start=start, minutes=60, room_id=room.pk, surgeon_id=surgeon.pk)
    kept = actions.reserve(plan.pk, wish, by=hands.manager)
    return actions.schedule(kept.pk, anaesthesia=anaesthesia, by=hands.manager)


def started(hands: Hands, case: Any) -> Any:
    """In theatre, with what is asked on the day answered (at its own time)."""
    nurse = hands.nurse
    with acting_as(nurse):
        lines = queries.lines_of(queries.clearance(case.clearance_id, seen_by=nurse))
        sides = {one.pk: one.side for one in queries.case(case.pk, seen_by=nurse).lines.all()}
    for one in lines:
        if one.requirement.moment == "DAY_OF" and not one.is_met:
            actions.state(one.requirement.pk, "Seen this morning.", by=nurse)
    return actions.start(case.pk, told_mrn=case.patient.mrn, told_sides=sides, by=nurse)


def cut(hands: Hands, case: Any) -> Any:
    """Up to knife to skin, and itself; for a case without an anaesthetist."""
    signers = {"SURGEON": hands.surgeon, "NURSE": hands.nurse}
    actions.write_time(case.pk, "in", by=hands.nurse)
    checked(case, "SIGN_IN", signers)
    actions.write_time(case.pk, "anaesthesia", by=hands.nurse)
    checked(case, "TIME_OUT", signers)
    return actions.write_time(case.pk, "incision", by=hands.nurse)


def checked(case: Any, kind: str, signers: Mapping[str, Actor]) -> Any:
    """A stage of the checklist answered by the nurse, signed by whoever has each role, and complete."""
    nurse = signers["NURSE"]
    with acting_as(nurse):
        stage = next(one for one in queries.stages_of(case) if one.kind == kind)
        staff = {role: people.staff_of(signers[role]).pk for role in stage.roles}  # type: ignore[union-attr]
    for item in checklist.ITEMS[kind]:
        actions.answer(stage.pk, item.code, "YES", by=nurse)
    for role, who in staff.items():
        actions.sign(stage.pk, role, who, by=nurse)
    return actions.complete_stage(stage.pk, by=nurse)
