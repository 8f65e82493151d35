"""Pages before the day of operation: board, clearance, theatres, pathway; what they cost, and who may not."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as records
from kalon.patients.rules import AllergyDetails
from kalon.people import actions as people
from kalon.people.models import User
from kalon.plans.tests.told import approved
from kalon.quotes import actions as quotes
from kalon.scheduling import actions as scheduling
from kalon.theatre import actions, queries
from kalon.theatre.models import Reservation
from kalon.theatre.tests.told import (
    SURGERY,
    blood_tested,
    cleared,
    consented,
    lines,
    missing,
    now,
    on_the_day,
    opened,
    operated,
    planned,
    reserved,
    said,
    scheduled,
    staff_of,
    started,
    surgeon,
)

DAY = SURGERY.isoformat()


def client(house: Any, by: Any) -> Client:
    found = Client()
    with acting_as(house.clinic.system):
        user = User.objects.get(pk=by.user_id)
    found.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return found


@pytest.fixture
def manager(house):
    return client(house, house.manager)


def wish(house: Any, **more: Any) -> dict[str, Any]:
    return {
        "date": DAY, "clock": "10:00", "minutes": "90", "room": str(house.theatre.pk),
        "surgeon": str(surgeon(house)), "preparation": "30", "cleaning": "30", **more,
    }  # fmt: skip


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_from_the_board_to_the_case_on_pages(house, manager):
    plan = planned(house)
    answer = manager.post(reverse("theatre:open_clearance", args=[plan.pk]), {"surgery_date": DAY})
    with acting_as(house.manager):
        found = queries.of_plan(plan.pk, seen_by=house.manager)
    page = reverse("theatre:clearance", args=[found.pk])
    assert answer["Location"] == page
    board = text(manager.get(reverse("theatre:board")))
    assert "Laboratory results" in board and "0 cleared" in board
    answer = manager.post(reverse("theatre:clear", args=[found.pk]))
    assert answer.status_code == 422 and "Still missing" in text(answer)
    blood_tested(house, plan)
    consented(house, plan)
    said(house, found, "FITNESS", "MEDICINES")
    nurse = client(house, house.visit.nurse)
    line = lines(house, found)["INSTRUCTIONS"]
    say = reverse("theatre:state", args=[found.pk, line.pk])
    assert nurse.post(say, {f"{line.pk}-words": ""}).status_code == 422
    assert nurse.post(say, {f"{line.pk}-words": "She repeated them all."}).status_code == 303
    assert "She repeated them all." in text(manager.get(page))
    assert manager.post(reverse("theatre:clear", args=[found.pk])).status_code == 303
    reserve = reverse("theatre:reserve", args=[plan.pk])
    assert manager.get(reserve).status_code == 200
    assert "Choose a theatre" in text(manager.post(reserve, wish(house, room="")))
    answer = manager.post(reserve, wish(house))
    assert answer.status_code == 303, text(answer)
    kept = answer["Location"]
    assert "Tentative" in text(manager.get(kept))
    assert manager.post(f"{kept}/schedule", {"anaesthesia": "GENERAL"}).status_code == 303
    assert "CS-2026-0001" in text(manager.get(kept)) and now(house, plan).status == "SCHEDULED"
    for view in ("", "&view=week"):
        drawn = text(manager.get(f"{reverse('theatre:calendar')}?date={DAY}{view}"))
        assert "Firm" in drawn and "CS-2026-0001" in drawn
    paper = manager.get(f"{reverse('theatre:day_list')}?date={DAY}")
    assert paper.content.startswith(b"%PDF")
    assert "Clearance and theatre" in text(manager.get(reverse("plans:plan", args=[plan.pk])))


def test_a_line_is_let_go_and_a_statement_withdrawn_on_the_page(house):
    clearance = opened(house)
    said(house, clearance, "FITNESS")
    by_kind = lines(house, clearance)
    doctor = client(house, house.surgeon)
    labs = by_kind["LABS"].pk
    waive = reverse("theatre:waive", args=[clearance.pk, labs])
    answer = doctor.post(waive, {f"{labs}-reason": "Young and well", f"{labs}-signed_name": "Somebody"})
    assert answer.status_code == 422 and "your own name" in text(answer)
    assert doctor.post(waive, {f"{labs}-reason": "Young", f"{labs}-signed_name": "Dr Nila Das"}).status_code == 303
    fit = by_kind["FITNESS"].pk
    back = reverse("theatre:withdraw", args=[clearance.pk, fit])
    assert doctor.post(back, {f"{fit}-reason": "Fever"}).status_code == 303
    assert "FITNESS" in missing(house, clearance) and "LABS" not in missing(house, clearance)
    shown = text(doctor.get(reverse("theatre:clearance", args=[clearance.pk])))
    assert "Let go: Young" in shown and "signed Dr Nila Das" in shown


def test_fitness_is_written_on_the_page_by_clinicians_alone(house):
    clearance = opened(house)
    fit, medicines = (lines(house, clearance)[kind].pk for kind in ("FITNESS", "MEDICINES"))
    page = reverse("theatre:clearance", args=[clearance.pk])
    write = reverse("theatre:state", args=[clearance.pk, fit])
    nurse, doctor = client(house, house.visit.nurse), client(house, house.anaesthetist)
    shown = text(nurse.get(page))
    assert f"say-{fit}" not in shown and f"say-{medicines}" in shown
    assert nurse.post(write, {f"{fit}-words": "ASA I"}).status_code == 422
    assert "FITNESS" in missing(house, clearance)
    assert f"say-{fit}" in text(doctor.get(page))
    assert doctor.post(write, {f"{fit}-words": "ASA I"}).status_code == 303
    assert "FITNESS" not in missing(house, clearance)


def test_another_day_moves_theatre_and_clearance_and_the_same_day_keeps_the_case(house, manager):
    plan = planned(house)
    cleared(house, plan)
    kept = reserved(house, plan)
    actions.schedule(kept.pk, by=house.manager)
    at = reverse("theatre:move_reservation", args=[kept.pk])
    assert manager.post(at, wish(house, clock="11:00")).status_code == 422  # no reason
    answer = manager.post(at, wish(house, clock="11:00", reason="The list is full"))
    assert answer.status_code == 303, text(answer)
    moved = answer["Location"]
    assert "Firm" in text(manager.get(moved)) and now(house, plan).status == "SCHEDULED"
    later = (SURGERY + timedelta(days=1)).isoformat()
    answer = manager.post(f"{moved}/move", wish(house, date=later, reason="The surgeon is ill"))
    assert answer.status_code == 303, text(answer)
    shown = text(manager.get(answer["Location"]))
    assert "Tentative" in shown and now(house, plan).status == "CONSENT_SIGNED"
    with acting_as(house.manager):
        assert queries.of_plan(plan.pk, seen_by=house.manager).surgery_date.isoformat() == later
    assert manager.post(f"{answer['Location']}/release", {"reason": "No bed"}).status_code == 303
    with acting_as(house.clinic.system):
        assert set(Reservation.objects.values_list("status", flat=True)) == {"RELEASED"}


def test_a_move_that_clashes_leaves_everything_as_it_was(house, manager):
    plan = planned(house)
    kept = reserved(house, plan)
    other = approved(house.visit, "SURGICAL", of=plan.consultation_id)
    reserved(house, other, at="14:00")
    at = reverse("theatre:move_reservation", args=[kept.pk])
    assert manager.post(at, wish(house, clock="14:30", reason="Later")).status_code == 422
    assert now(house, kept).status == "TENTATIVE"


def test_the_pathway_says_what_blocks_each_plan_and_whose_move_it_is(house, manager):
    plan = planned(house)
    page = reverse("theatre:pathway")
    assert "The consent was not asked for" in text(manager.get(page))
    consented(house, plan)
    assert "Nobody opened its clearance" in text(manager.get(page))
    found = opened(house, plan)
    assert "Laboratory results and 3 more" in text(manager.get(page))
    blood_tested(house, plan)
    said(house, found)
    assert "clear the patient" in text(manager.get(page))
    actions.clear(found.pk, by=house.manager)
    assert "No theatre is reserved" in text(manager.get(page))
    kept = reserved(house, plan)
    assert "The case is not scheduled" in text(manager.get(page))
    actions.schedule(kept.pk, by=house.manager)
    assert "Booked" in text(manager.get(f"{page}?step=SCHEDULED"))
    assert "Nothing fits" in text(manager.get(f"{page}?step=DRAFT"))


def test_the_hours_of_a_theatre_hold_surgeries_turnover_blocks_and_surgeons(house, manager):
    plan = planned(house)
    kept = reserved(house, plan)
    system = house.clinic.system
    stretch = (house.clinic.at("14:00", SURGERY), house.clinic.at("16:00", SURGERY))
    scheduling.block(*stretch, room_id=house.theatre.pk, kind="CLEANING", reason="Deep clean", by=system)
    drawn = text(manager.get(f"{reverse('theatre:calendar')}?date={DAY}"))
    at = re.findall(r'class="(k-ev|k-block)[^"]*" data-at="(\d+)" data-long="(\d+)"', drawn)
    assert at == [("k-block", "570", "30"), ("k-block", "690", "30"), ("k-ev", "600", "90"), ("k-block", "840", "120")]
    assert "Set-up" in drawn and "Turnover" in drawn and "Deep clean" in drawn and "Tentative" in drawn
    assert "Dr Rohan Shah <bdi" in drawn  # a surgeon with hours on that day
    assert reverse("theatre:move_reservation", args=[kept.pk]) in drawn
    nurse = client(house, house.visit.nurse)
    assert "data-move" not in text(nurse.get(f"{reverse('theatre:calendar')}?date={DAY}"))
    week = text(manager.get(f"{reverse('theatre:calendar')}?date={DAY}&view=week"))
    assert week.count("k-th-lane") == 7 and week.count("k-ev ") == 1


def test_a_second_theatre_has_a_lane_of_its_own_and_its_own_week(house, manager):
    reserved(house, planned(house))
    branch = house.clinic.branch.pk
    other = people.add_room(branch, name="Theatre 2", code="OT2", kind="THEATRE", by=house.clinic.system)
    page = f"{reverse('theatre:calendar')}?date={DAY}"
    day = text(manager.get(page))
    assert day.count("k-th-lane") == 2 and "Nothing is kept." in day
    assert "k-ev " in text(manager.get(f"{page}&view=week"))
    assert "k-ev " not in text(manager.get(f"{page}&view=week&room={other.pk}"))


def test_where_a_surgery_was_dropped_stands_in_the_form_and_nothing_moved(house, manager):
    kept = reserved(house, planned(house), preparation_minutes=45)
    asked = reverse("theatre:move_reservation", args=[kept.pk])
    later = (SURGERY + timedelta(days=1)).isoformat()
    form = text(manager.get(f"{asked}?date={later}&clock=13:15&room={house.theatre.pk}"))
    assert f'value="{later}"' in form and 'value="13:15"' in form and 'value="45"' in form
    assert 'value="10:00"' in text(manager.get(f"{asked}?clock=noon&date=never&room=this"))
    assert now(house, kept).status == "TENTATIVE"


def test_the_board_names_who_operates_as_the_calendar_does(house, manager):
    plan = planned(house)
    opened(house, plan)
    assert plan.doctor_id != surgeon(house)
    board = reverse("theatre:board")
    assert "Dr Rohan Shah" not in text(manager.get(board))
    reserved(house, plan)
    assert "Dr Rohan Shah" in text(manager.get(board))
    assert "<i>Dr Rohan Shah</i>" in text(manager.get(f"{reverse('theatre:calendar')}?date={DAY}"))


def test_a_return_to_theatre_stands_in_its_lane(house, manager):
    case = scheduled(house)
    with on_the_day():
        operated(house, started(house, case))
        actions.sign_nothing_used(case.pk, by=house.visit.nurse)
        actions.complete(case.pk, by=house.visit.nurse)
        one, two = staff_of(house, house.surgeon), staff_of(house, house.anaesthetist)
        wish = actions.Return(
            case_id=case.pk, room_id=house.theatre.pk, surgeon_id=one, first_clinician_id=one, second_clinician_id=two,
            reason="Bleeding",
        )  # fmt: skip
        made = actions.return_to_theatre(wish, by=house.surgeon)
        drawn = text(manager.get(f"{reverse('theatre:calendar')}?date={DAY}"))
    assert f"Return to theatre: Scheduled · <bdi>{made.number}" in drawn


def test_surgeries_of_a_day_cost_the_calendar_the_same(house, manager, django_assert_max_num_queries):
    plan = planned(house)
    reserved(house, plan, at="09:30", minutes=30, preparation_minutes=0, cleaning_minutes=0)
    page = f"{reverse('theatre:calendar')}?date={DAY}"

    def cost() -> int:
        with django_assert_max_num_queries(60) as asked:
            assert manager.get(page).status_code == 200
        return len(asked)

    manager.get(page)
    few = cost()
    for hour in ("11:00", "14:15", "16:00"):
        more = approved(house.visit, "SURGICAL", of=plan.consultation_id)
        reserved(house, more, at=hour, minutes=30, preparation_minutes=0, cleaning_minutes=0)
    assert cost() == few


def test_one_row_and_thirty_cost_the_same(house, manager, django_assert_max_num_queries):
    plan = planned(house)
    opened(house, plan)
    pages = [f"{reverse('theatre:board')}?to={(SURGERY + timedelta(days=40)).isoformat()}", reverse("theatre:pathway")]

    def cost() -> list[int]:
        found = []
        for page in pages:
            with django_assert_max_num_queries(60) as asked:
                assert manager.get(page).status_code == 200
            found.append(len(asked))
        return found

    for page in pages:
        manager.get(page)
    few = cost()
    for day in range(1, 30):
        opened(house, plan, SURGERY + timedelta(days=day))
        approved(house.visit, "SURGICAL", of=plan.consultation_id)
    assert cost() == few


def test_the_list_on_paper_reads_allergies_once_for_every_case(house, manager, django_assert_max_num_queries):
    plan = planned(house)
    records.record_allergies(plan.patient_id, "KNOWN", [AllergyDetails(substance="Latex")], by=house.clinic.system)
    cleared(house, plan)
    actions.schedule(reserved(house, plan).pk, by=house.manager)
    page = f"{reverse('theatre:day_list')}?date={DAY}"

    def cost() -> int:
        with django_assert_max_num_queries(60) as asked:
            assert manager.get(page).content.startswith(b"%PDF")
        assert sum('FROM "patients_allergy"' in one["sql"] for one in asked.captured_queries) == 1
        return len(asked)

    manager.get(page)
    few = cost()
    for at in ("14:15", "15:45"):
        more = approved(house.visit, "SURGICAL", of=plan.consultation_id)
        cleared(house, more)
        kept = reserved(house, more, at=at, minutes=60, preparation_minutes=0, cleaning_minutes=0)
        actions.schedule(kept.pk, by=house.manager)
    assert cost() == few


def test_a_waiver_of_money_answers_its_line_by_itself(house):
    system = house.clinic.system
    quotes.set_policy(quotes.PolicyDetails(asked_for=["SURGICAL"], deposit_percent=Decimal(20)), by=system)
    plan = planned(house)
    found = opened(house, plan)
    assert "MONEY" in missing(house, found)
    quotes.waive_money(plan.pk, "A colleague", by=system)
    assert "MONEY" not in missing(house, found)
    quotes.end_waiver(plan.pk, by=system)
    assert "MONEY" in missing(house, found)


def test_who_has_no_business_there_is_refused(house):
    clearance = opened(house)
    desk, nurse = client(house, house.visit.desk), client(house, house.visit.nurse)
    assert desk.get(reverse("theatre:board")).status_code == 403
    assert desk.get(reverse("theatre:pathway")).status_code == 200
    for name in ("clear", "refuse", "reopen", "change_date"):
        assert nurse.post(reverse(f"theatre:{name}", args=[clearance.pk])).status_code == 403
    assert nurse.post(reverse("theatre:reserve", args=[clearance.plan_id]), wish(house)).status_code == 403
    assert now(house, clearance).status == "OPEN"
