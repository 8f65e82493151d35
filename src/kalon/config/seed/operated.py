"""An operation of the demonstration from the door of the theatre to its signed note and the draft of its bill."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from kalon.config.seed import instructions
from kalon.config.seed.clinic import Place
from kalon.inventory import queries as shelves
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.theatre import actions
from kalon.theatre.actions import Scan
from kalon.theatre.models import CaseLine, Stage
from kalon.theatre.rules import checklist
from kalon.tills import actions as tills

COUNTS = (("SWABS", 20), ("NEEDLES", 8), ("INSTRUMENTS", 42))
USED = (("Suture 5-0", "OT", 4), ("Adrenaline ampoule", "PH", 2))
NOTE = {
    "findings": "Soft tissue cover of two centimetres and more on both sides, no other finding.",
    "procedure": "Incision in the fold, five centimetres. Pocket dual plane, bleeding stopped, washed. "
    "Implant in with a sleeve, untouched; the same on the other side. Symmetry looked at sitting up. "
    "Closed in three layers.",
    "implants": "Aurelle Round 300 cc left and right, serials as scanned.",
    "blood_loss": "About 40 ml.",
    "drains": "None. Light dressing, bra from theatre on.",
    "after": "Paracetamol by the clock, cephalexin for five days. Sleep on the back. Come at once with swelling of "
    "one side or fever. Seen in a week.",
}


def live(place: Place, case: Any, packs: list[str], before: Callable[[], None]) -> None:
    """The case in its order: patient in, checklist, times, counts, what was used, out; completed, noted, billed."""
    nurse, surgeon = place.by["nurse"], place.by["surgeon"]
    start: datetime = case.reservation.appointment.period.lower

    def at(minutes: int) -> Any:
        return clock.at(start + timedelta(minutes=minutes))

    with at(-25):
        before()
        actions.start(case.pk, told_mrn=case.patient.mrn, told_sides=_sides(place, case), by=nurse)
    with at(-20):
        actions.write_time(case.pk, "in", by=nurse)
        for what, number in COUNTS:
            actions.count(case.pk, what, before=number, by=nurse)
        _checked(place, case, "SIGN_IN")
    with at(-15):
        actions.write_time(case.pk, "anaesthesia", by=nurse)
    with at(-2):
        _checked(place, case, "TIME_OUT")
    with at(0):
        actions.write_time(case.pk, "incision", by=nurse)
    with at(30):
        _used(place, case, packs)
    with at(52):
        actions.write_time(case.pk, "closure", by=nurse)
        for what, number in COUNTS:
            actions.count(case.pk, what, after=number, by=nurse)
        _checked(place, case, "SIGN_OUT")
    with at(58):
        actions.write_time(case.pk, "out", by=nurse)
        actions.say_complications(case.pk, "None", by=surgeon)
        actions.complete(case.pk, by=nurse)
    with at(85):
        actions.write_note(case.pk, NOTE, by=surgeon)
        actions.sign_note(case.pk, by=surgeon)
        tills.bill_case(case.pk, by=place.system)
    with at(260):
        instructions.tick(place, case.plan_id, "AFTER")
        actions.discharge(case.pk, with_whom="Her sister, +91 98460 55012", by=nurse)


def _sides(place: Place, case: Any) -> dict[Any, str]:
    with acting_as(place.system):
        return {line.pk: line.side for line in CaseLine.objects.filter(case_id=case.pk)}


def _checked(place: Place, case: Any, kind: str) -> None:
    """A stage answered, signed by everybody it asks, and complete."""
    nurse = place.by["nurse"]
    with acting_as(place.system):
        stage = Stage.objects.get(case_id=case.pk, kind=kind)
    for item in checklist.ITEMS[kind]:
        actions.answer(stage.pk, item.code, "YES", by=nurse)
    anaesthetist = next(one for one in place.team if one.kind == "ANAESTHETIST")
    theatre_nurse = next(one for one in place.team if one.specialty == "Theatre")
    signers = {"SURGEON": place.doctors[1], "ANAESTHESIA": anaesthetist, "NURSE": theatre_nurse}
    for role in stage.roles:
        actions.sign(stage.pk, role, signers[role].pk, by=nurse)
    actions.complete_stage(stage.pk, by=nurse)


def _used(place: Place, case: Any, packs: list[str]) -> None:
    """The wristband, an implant on each side, and by their lots what was opened."""
    nurse = place.by["nurse"]
    actions.use(case.pk, Scan(code=case.patient.mrn), by=nurse)
    for side, code in zip(("LEFT", "RIGHT"), packs, strict=True):
        actions.use(case.pk, Scan(code=code, side=side), by=nurse)
    for name, shelf, quantity in USED:
        with acting_as(place.system):
            there = shelves.shelves(seen_by=place.system).filter(batch__item__name__startswith=name)
            lot = there.filter(location__code=shelf, quantity__gte=quantity, batch__created_at__lt=clock.now()).first()
        if lot is not None:
            actions.use(case.pk, Scan(code=lot.batch.number, quantity=Decimal(quantity)), by=nurse)
