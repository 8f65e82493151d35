"""What the doctors of the demonstration prescribe, and what the counter hands out of it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from kalon.config.seed.clinic import Place
from kalon.inventory import queries as stock
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotReady
from kalon.kernel.tenancy import acting_as
from kalon.prescribing import actions, queries
from kalon.prescribing.actions import Advice, HandOut, LineDetails
from kalon.prescribing.lifecycles import Status


@dataclass(frozen=True, slots=True)
class Line:
    """An item of the clinic's own store, and how it is taken."""

    item: str
    frequency: str
    days: int
    words: str = ""


COURSES: tuple[tuple[tuple[Line, ...], str, int], ...] = (
    # medicines, advice, refills
    ((Line("Azimal 500", "OD", 3, "One hour before food."), Line("Adapure gel", "HS", 30, "A pea for the whole face.")),
     "Wash twice a day with a mild cleanser; nothing else on the skin at night.", 0),
    ((Line("Tranexol 250", "BD", 28), Line("Retivane 0.025", "HS", 30, "Every second night for two weeks.")),
     "Sunscreen every morning, again at noon.", 2),
    ((Line("Cetrimal 10", "HS", 10),), "It may make you sleepy: do not drive after it.", 0),
    ((Line("Paramal 650", "TDS", 3), Line("Mupiheal ointment", "BD", 7)), "Keep the wound dry for two days.", 0),
)  # fmt: skip


def prescribe(place: Place, encounter: Any, by: Actor) -> None:
    """A prescription for every third patient: signed, and mostly handed out a while later.

    One that the checks stop stays a draft, as it would at the clinic.
    """
    turn = sum(map(ord, encounter.patient.mrn)) + encounter.created_at.day
    if turn % 3:
        return
    lines, advice, refills = COURSES[turn // 3 % len(COURSES)]
    draft = actions.start(encounter.pk, by=by)
    for line in lines:
        actions.add_item(draft.pk, _line(line, by), by=by)
    until = clock.today(place.branch.timezone) + timedelta(days=90) if refills else None
    actions.write_advice(draft.pk, Advice(advice=advice, refills=refills, refills_until=until), by=by)
    if turn % 13 == 0:
        return
    try:
        signed = actions.finalize(draft.pk, by=by)
    except NotReady:
        return
    if turn % 4:
        _hand_out(place, signed.pk)


def settle(place: Place, before: date) -> None:
    """What was signed before a day and never asked for at the counter was bought elsewhere."""
    desk = place.by["inventory"]
    with acting_as(desk):
        rows = queries.prescriptions(seen_by=desk).filter(status=Status.FINALIZED, prescribed_on__lt=before)
        forgotten = [(row.pk, row.doctor.user_id) for row in rows]
    doctors = {actor.user_id: actor for actor in place.by.values()}
    for pk, user_id in forgotten:
        actions.send(pk, by=doctors[user_id])


def _line(line: Line, by: Actor) -> LineDetails:
    with acting_as(by):
        item = stock.items(seen_by=by, text=line.item)[0]
        begun = queries.from_stock(item.pk, seen_by=by)
    return replace(begun, frequency=line.frequency, days=line.days, instructions=line.words)


def _hand_out(place: Place, pk: Any) -> None:
    """Everything that is there; what is not stays on the list."""
    by = place.by["inventory"]
    with acting_as(by):
        lines = queries.to_give_of(queries.prescription(pk, seen_by=by), seen_by=by)
    there = [HandOut(item_id=line.item.pk, quantity=Decimal(line.most)) for line in lines if line.most]
    if there:
        with clock.at(clock.now() + timedelta(minutes=25)):
            actions.dispense(pk, there, by=by)
