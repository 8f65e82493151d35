"""Photographs, stock and the insurer's word as evidence: found, lost again, and not taken from anybody's say-so."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from kalon.catalog import actions as catalog
from kalon.config.seed.faces import Face, jpeg, photographed
from kalon.consents.tests.conftest import office_in
from kalon.inventory import actions as stock
from kalon.kernel.errors import Invalid, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.orders import actions as orders
from kalon.photos import actions as photos
from kalon.photos.models import Photo
from kalon.plans.actions import LineDetails
from kalon.plans.tests.told import book
from kalon.quotes import actions as quotes
from kalon.quotes.tests.told import STROKES
from kalon.scheduling.tests.clinic import TUESDAY
from kalon.theatre import actions
from kalon.theatre.tests.told import (
    SURGERY,
    attack,
    blood_tested,
    cleared,
    consented,
    lines,
    missing,
    now,
    on_the_day,
    opened,
    planned,
    reserved,
    said,
    scheduled,
)

TAKE = "UPDATE theatre_requirement SET evidence_kind = %s, evidence_id = %s, met_at = now(), met_by = 'x' WHERE id = %s"


def surgery(house: Any, *views: str, **entry: Any) -> Any:
    """An approved surgery of a catalogue entry."""
    details = {"code": "NOSE", "name": "Rhinoplasty", "category": "FACE", "setting": "SURGICAL"}
    made = catalog.add_procedure({**details, "photo_views": list(views), **entry}, by=house.clinic.system)
    more = {"implant_choice": "Round, 300 cc"} if entry.get("takes_implant") else {}
    line = LineDetails(entry_id=made.pk, side="BOTH", technique="Closed approach", **more)
    return planned(house, lines=(line,)), made


def taken(house: Any, plan: Any, view: str, seed: int) -> Any:
    picture = BytesIO(jpeg(photographed(Face(seed=seed), size=(450, 600))))
    said_of = photos.PhotoDetails(view=view, stage="BEFORE", plan_id=plan.pk)
    return photos.take(plan.patient_id, picture, said_of, by=house.visit.nurse)


def test_every_standard_view_is_taken_before_the_line_is_met_and_a_removed_one_opens_it(house):
    office_in(house.clinic, house.visit.nurse).signed("PHOTOGRAPHY")
    plan, _ = surgery(house, "FRONT", "BASAL")
    clearance = opened(house, plan)
    front = taken(house, plan, "FRONT", 3)
    line = lines(house, clearance)["PHOTOS"]
    assert (line.is_met, line.subject) == (False, "FRONT BASAL")
    assert attack(TAKE, ["photos.photo", front.pk, line.pk], by=house.manager) == "theatre_requirement_evidence"
    taken(house, plan, "BASAL", 4)
    assert lines(house, clearance)["PHOTOS"].evidence_kind == "photos.photo"
    photos.remove(front.pk, "Blurred", by=house.clinic.system)
    reopened = lines(house, clearance)["PHOTOS"]
    assert not reopened.is_met and reopened.reopened_at is not None
    taken(house, plan, "FRONT", 5)
    basal = lines(house, clearance)["PHOTOS"]
    assert basal.is_met
    with acting_as(house.clinic.system):
        wrong = Photo.objects.get(plan=plan, view="FRONT", deleted_at=None)
    photos.correct(wrong.pk, photos.Correction(view="LEFT_90", reason="It is the left side"), by=house.visit.nurse)
    assert not lines(house, clearance)["PHOTOS"].is_met  # nobody took the front
    assert attack(TAKE, ["photos.photo", basal.evidence_id, basal.pk], by=house.manager) == (
        "theatre_requirement_evidence"
    )


@pytest.fixture
def shelf(house):
    by = house.clinic.system
    place = stock.add_location(house.clinic.branch.pk, {"code": "OT", "name": "Theatre", "kind": "THEATRE"}, by=by)
    suture = stock.add_item({"name": "Suture", "kind": "CONSUMABLE", "unit": "piece"}, by=by)
    stock.receive(
        suture.pk, place.pk, stock.Delivery(Decimal(9), number="S1", expires_on=SURGERY + timedelta(days=2)), by=by
    )
    return place, suture


def test_stock_is_put_aside_for_the_day_and_what_is_released_or_expired_by_then_does_not_answer(house, shelf):
    place, suture = shelf
    by = house.clinic.system
    plan, entry = surgery(house)
    stock.set_kit(entry.pk, [stock.KitPart(item_id=suture.pk, quantity=Decimal(4))], by=by)
    clearance = opened(house, plan)
    assert "INVENTORY" in missing(house, clearance)
    for quantity in (3, 1):  # three are not four
        held = stock.reserve_item(
            suture.pk, Decimal(quantity), plan_id=plan.pk, needed_on=SURGERY, location_id=place.pk, by=by
        )
        line = lines(house, clearance)["INVENTORY"]
        assert line.is_met is (quantity == 1)
    assert line.evidence_id == held[0].pk
    later = actions.change_date(clearance.pk, SURGERY + timedelta(days=3), by=house.manager)
    assert "INVENTORY" in missing(house, later)  # it expires before
    actions.change_date(clearance.pk, SURGERY, by=house.manager)
    stock.release(held[0].pk, "Another patient", by=by)
    line = lines(house, clearance)["INVENTORY"]
    assert not line.is_met
    assert attack(TAKE, ["inventory.reservation", held[0].pk, line.pk], by=house.manager) == (
        "theatre_requirement_evidence"
    )


def test_an_implant_on_both_sides_is_two_pieces_with_serials(house, shelf):
    place, _ = shelf
    by = house.clinic.system
    gtin = "09501101020917"
    implant = stock.add_item(
        {"name": "Round 300", "kind": "IMPLANT", "unit": "piece", "needs_serial": True, "device_code": gtin}, by=by
    )
    until = f"{SURGERY + timedelta(days=400):%y%m%d}"
    packs = [stock.Pack(scan=f"01{gtin}17{until}10L7\x1d21{serial}") for serial in ("A1", "A2")]
    units = stock.receive_units(place.pk, packs, by=by)
    plan, _ = surgery(house, takes_implant=True, has_side=True)
    clearance = opened(house, plan)
    for unit in units:
        assert "INVENTORY" in missing(house, clearance)
        stock.reserve_unit(unit.pk, plan_id=plan.pk, needed_on=SURGERY, by=by)
    assert "INVENTORY" not in missing(house, clearance)
    assert implant.pk


def test_what_an_insurer_may_pay_waits_for_the_patients_word_that_they_pay_themselves(house):
    plan = planned(house, money_type="RECONSTRUCTIVE")
    blood_tested(house, plan)
    consented(house, plan)
    clearance = opened(house, plan)
    said(house, clearance)
    line = lines(house, clearance)["AUTHORIZATION"]
    with pytest.raises(Invalid, match="cannot be let go"):
        actions.waive(line.pk, "In a hurry", "Dr Nila Das", by=house.surgeon)
    with pytest.raises(NotReady, match="insurer"):
        actions.clear(clearance.pk, by=house.manager)
    signed = quotes.sign_self_pay(plan.pk, quotes.Signing(strokes=STROKES, note="No policy"), by=house.visit.desk)
    assert lines(house, clearance)["AUTHORIZATION"].evidence_id == signed.pk
    assert actions.clear(clearance.pk, by=house.manager).status == "CLEARED"


def test_a_surgery_is_booked_by_its_case_and_by_nothing_else(house):
    plan = planned(house)
    consented(house, plan)
    with pytest.raises(NotReady, match="Reserve a theatre"):
        book(house.visit, plan, day=TUESDAY + timedelta(days=2), kind="SESSION")
    book_it = "UPDATE plans_procedureplan SET status = 'SCHEDULED' WHERE id = %s"
    assert attack(book_it, [plan.pk], by=house.manager) == "theatre_plan_booked_by_its_case"
    cleared(house, plan)
    kept = reserved(house, plan)
    assert attack(book_it, [plan.pk], by=house.manager) == "theatre_plan_booked_by_its_case"
    actions.schedule(kept.pk, by=house.manager)
    assert now(house, plan).status == "SCHEDULED"


def test_a_surgery_on_hold_keeps_its_case_and_goes_on_booked(house):
    from kalon.plans import actions as plans

    case = scheduled(house)
    plans.hold(case.plan_id, reason="Travelling", by=house.visit.doctor)
    assert plans.resume(case.plan_id, by=house.visit.doctor).status == "SCHEDULED"
    plans.hold(case.plan_id, reason="Travelling again", by=house.visit.doctor)
    actions.postpone(case.pk, reason="No date", by=house.manager)
    assert plans.resume(case.plan_id, by=house.visit.doctor).status == "CONSENT_SIGNED"


def test_a_pregnancy_test_of_the_morning_answers_and_a_positive_one_stops_the_case(house):
    """Before half past five in Kochi it is still yesterday elsewhere."""
    plan = planned(house)
    clearance = opened(house, plan)
    with on_the_day("05:00"):
        positive = hcg(house, plan, "positive")
        line = lines(house, clearance)["PREGNANCY"]
        assert not line.is_met
        take = (
            "UPDATE theatre_requirement SET evidence_kind = 'orders.order', evidence_id = %s, met_at = now(), "
            "met_by = 'x' WHERE id = %s"
        )
        assert attack(take, [positive.pk, line.pk], by=house.manager) == "theatre_requirement_evidence"
    with on_the_day("05:10"):
        assert hcg(house, plan, "negative").pk == lines(house, clearance)["PREGNANCY"].evidence_id


def hcg(house, plan, value):
    """A pregnancy test ordered, answered and looked at."""
    asked = orders.order(plan.consultation_id, orders.Wish(codes=("HCG",)), by=house.visit.doctor)
    orders.collect(asked.pk, by=house.visit.nurse)
    with acting_as(house.visit.doctor):
        test = asked.tests.get()
    orders.write_results(asked.pk, [orders.Answered(test_id=test.pk, value=value)], by=house.visit.nurse)
    return orders.review(asked.pk, by=house.visit.doctor)
