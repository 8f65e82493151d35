"""A case that is under way: the one way in which tests come to it that put something into a patient.

By the product's own verbs, and no more of them than the database asks for: agreed, cleared, booked, started.
"""

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

REASON = "Done before this story begins."


@dataclass(frozen=True)
class Hands:
    """Whoever has a hand in it, each with a staff record of their own."""

    owner: Actor
    surgeon: Actor
    nurse: Actor
    manager: Actor


def under_way(hands: Hands, plan: Any, start: datetime) -> Any:
    """An approved surgery for which nothing is paid, in theatre since now; its theatre is kept from `start` on."""
    quotes.waive_money(plan.pk, "A colleague", by=hands.owner)
    return started(hands, booked(hands, plan, start))


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


def booked(hands: Hands, plan: Any, start: datetime) -> Any:
    """The case of a planned surgery: agreed, cleared, the theatre of its branch kept for an hour."""
    agreed(hands, plan)
    cleared(hands, plan, start.date())
    with acting_as(hands.manager):
        room = people.rooms(seen_by=hands.manager, branch_id=plan.branch_id, kind="THEATRE")[0]
        surgeon = people.staff_of(hands.surgeon)
    assert surgeon is not None
    wish = actions.TheatreWish(start=start, minutes=60, room_id=room.pk, surgeon_id=surgeon.pk)
    return actions.schedule(actions.reserve(plan.pk, wish, by=hands.manager).pk, by=hands.manager)


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
