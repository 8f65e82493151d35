"""Clearance: lines from the plan, evidence that is a row, what reopens them, and what the database refuses."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from kalon.consents import actions as consents
from kalon.consents.models import Consent
from kalon.kernel import clock
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.ids import uuid7
from kalon.kernel.tenancy import acting_as
from kalon.orders import actions as orders
from kalon.orders.models import Order
from kalon.plans import actions as plans
from kalon.plans.tests.told import approved, refused, sql
from kalon.theatre import actions, queries
from kalon.theatre.lifecycles import CLEARANCE, ClearanceStatus
from kalon.theatre.models import Clearance
from kalon.theatre.tests.told import (
    DONE,
    SURGERY,
    attack,
    blood_tested,
    cleared,
    complete,
    consented,
    lines,
    missing,
    now,
    opened,
    planned,
    said,
)


def test_lines_are_made_from_the_plan_and_what_is_there_already_answers_them(house):
    plan = planned(house)
    blood_tested(house, plan)
    clearance = opened(house, plan)
    held = lines(house, clearance)
    assert set(held) == {
        "CONSENT", "LABS", "FITNESS", "MEDICINES", "MONEY", "INSTRUCTIONS", "FASTING", "PREGNANCY", "ESCORT"
    }  # fmt: skip
    assert missing(house, clearance) == {"CONSENT", "FITNESS", "MEDICINES", "INSTRUCTIONS"}
    assert held["LABS"].evidence_kind == "orders.order" and held["MONEY"].evidence_kind == "plans.procedureplan"


def test_only_an_approved_surgery_is_cleared_once_for_a_date(house):
    plan = planned(house)
    opened(house, plan)
    with pytest.raises(Clash, match="There is a clearance"):
        opened(house, plan)
    opened(house, plan, SURGERY + timedelta(days=1))
    with pytest.raises(Invalid, match="past"):
        opened(house, plan, SURGERY - timedelta(days=30))


def test_a_plan_that_is_no_surgery_or_not_approved_has_no_clearance(house):
    peel = approved(house.visit)
    with pytest.raises(Invalid, match="no surgery"):
        opened(house, peel)


def test_whoever_may_not_is_refused_and_nothing_changes(house):
    clearance = complete(house)
    line, desk = lines(house, clearance)["FASTING"], house.visit.desk
    for call in (
        lambda: actions.open_clearance(clearance.plan_id, SURGERY, by=desk),
        lambda: actions.state(line.pk, "Since six", by=desk),
        lambda: actions.waive(lines(house, clearance)["LABS"].pk, "No", "Sini Paul", by=desk),
        lambda: actions.clear(clearance.pk, by=house.visit.nurse),
        lambda: actions.refuse(clearance.pk, reason="No", by=desk),
        lambda: actions.change_date(clearance.pk, SURGERY + timedelta(days=1), by=house.visit.nurse),
        lambda: actions.set_policy(lab_codes=[], lab_days=1, valid_days=1, follow_up_days=[], by=house.surgeon),
        lambda: queries.clearance(clearance.pk, seen_by=house.clinic.patient_actor()),
    ):
        with pytest.raises((NotPermitted, NotFound)):
            call()
    assert now(house, clearance).status == "OPEN" and not lines(house, clearance)["FASTING"].is_met


def test_cleared_when_every_line_of_before_the_day_is_answered(house):
    plan = planned(house)
    consented(house, plan)
    clearance = opened(house, plan)
    with pytest.raises(NotReady, match="laboratory results, fit for anaesthesia"):
        actions.clear(clearance.pk, by=house.manager)
    said(house, clearance)
    blood_tested(house, plan)  # its review answers the line in the same moment
    assert missing(house, clearance) == set()
    held = actions.clear(clearance.pk, by=house.manager)
    assert (held.status, held.valid_until - clock.today("Asia/Kolkata")) == ("CLEARED", timedelta(days=14))
    assert missing(house, clearance, "DAY_OF") == {"FASTING", "PREGNANCY", "ESCORT"}


def test_a_man_is_not_asked_for_a_pregnancy_test(house):
    patient = house.clinic.patient
    with acting_as(house.clinic.system):
        type(patient).objects.filter(pk=patient.pk).update(gender="male")
    assert "PREGNANCY" not in lines(house, opened(house))


def test_the_only_result_corrected_ends_the_clearance_and_what_was_said_goes_along(house):
    plan = planned(house)
    clearance = complete(house, plan)
    actions.clear(clearance.pk, by=house.manager)
    with acting_as(house.visit.doctor):
        order = Order.objects.get(patient_id=plan.patient_id)
        result = order.results.first()
    answered = orders.Answered(test_id=result.test_id, value="7")
    with clock.at(clock.now() + timedelta(hours=1)):
        orders.correct_result(order.pk, result.pk, answered, "Mixed up", by=house.visit.nurse)
    assert now(house, clearance).status == "EXPIRED"
    successor = queries_of(house, plan)
    assert (successor.status, missing(house, successor)) == ("OPEN", {"LABS"})
    with clock.at(clock.now() + timedelta(hours=2)):
        orders.review(order.pk, by=house.visit.doctor)
    assert missing(house, successor) == set()
    assert actions.clear(successor.pk, by=house.manager).status == "CLEARED"


def queries_of(house, plan):
    with acting_as(house.manager):
        found = queries.of_plan(plan.pk, seen_by=house.manager)
    assert found is not None
    return found


def test_a_withdrawn_consent_ends_the_clearance(house):
    plan = planned(house)
    clearance = complete(house, plan)
    actions.clear(clearance.pk, by=house.manager)
    with acting_as(house.manager):
        signed = Consent.objects.get(plan=plan)
    consents.revoke(signed.pk, "I changed my mind", by=house.visit.nurse)
    standing = queries_of(house, plan)
    assert (now(house, clearance).status, missing(house, standing)) == ("EXPIRED", {"CONSENT"})
    with pytest.raises(NotReady, match="consent signed"):
        actions.clear(standing.pk, by=house.manager)


def test_what_was_said_is_withdrawn_and_the_clearance_ends(house):
    clearance = cleared(house)
    line = lines(house, clearance)["FITNESS"]
    with pytest.raises(Invalid, match="Write why"):
        actions.withdraw_statement(line.pk, " ", by=house.anaesthetist)
    successor = actions.withdraw_statement(line.pk, "Fever since yesterday", by=house.anaesthetist)
    assert now(house, clearance).status == "EXPIRED"
    assert missing(house, successor) == {"FITNESS"}


def test_a_line_is_let_go_by_a_named_clinician_with_a_reason(house):
    clearance = opened(house)
    by_kind = lines(house, clearance)
    with pytest.raises(NotPermitted, match="Only a doctor"):
        actions.waive(by_kind["LABS"].pk, "Young and well", "Leela George", by=house.clinic.owner)
    with pytest.raises(Invalid, match="your own name"):
        actions.waive(by_kind["LABS"].pk, "Young and well", "Dr Somebody", by=house.surgeon)
    with pytest.raises(Invalid, match="Write why"):
        actions.waive(by_kind["LABS"].pk, "", "Dr Nila Das", by=house.surgeon)
    with pytest.raises(Invalid, match="cannot be let go"):
        actions.waive(by_kind["CONSENT"].pk, "In a hurry", "Dr Nila Das", by=house.surgeon)
    actions.waive(by_kind["LABS"].pk, "Young and well", "dr nila das", by=house.surgeon)
    assert lines(house, clearance)["LABS"].evidence_kind == "theatre.waiver"


def test_another_day_takes_an_open_clearance_along_and_ends_a_given_one(house):
    clearance = complete(house)
    later = SURGERY + timedelta(days=3)
    assert actions.change_date(clearance.pk, later, by=house.manager).pk == clearance.pk
    actions.clear(clearance.pk, by=house.manager)
    moved = actions.change_date(clearance.pk, later + timedelta(days=1), by=house.manager)
    assert (now(house, clearance).status, moved.status) == ("EXPIRED", "OPEN")
    assert missing(house, moved) == set()  # what was said is young enough


def test_it_runs_out_after_its_days(house):
    clearance = cleared(house)
    with clock.at(clock.now() + timedelta(days=8)), acting_as(house.clinic.system):
        assert queries.expiring(seen_by=house.clinic.system) == [clearance.pk]
    with acting_as(house.clinic.system):
        assert queries.expiring(seen_by=house.clinic.system) == []


def test_a_cancelled_plan_takes_its_clearances_along(house):
    plan = planned(house)
    given, still_open = cleared(house, plan), opened(house, plan, SURGERY + timedelta(days=2))
    plans.cancel(plan.pk, reason="Decided otherwise", by=house.visit.doctor)
    assert (now(house, given).status, now(house, still_open).status) == ("EXPIRED", "NOT_CLEARED")
    with pytest.raises(IllegalMove):
        actions.state(lines(house, still_open)["FASTING"].pk, "Since six", by=house.visit.nurse)


def test_refused_and_opened_again(house):
    clearance = complete(house)
    with pytest.raises(Invalid, match="Write why"):
        actions.refuse(clearance.pk, reason="", by=house.surgeon)
    assert actions.refuse(clearance.pk, reason="Blood pressure", by=house.surgeon).status == "NOT_CLEARED"
    assert actions.reopen(clearance.pk, by=house.surgeon).status == "OPEN"
    assert missing(house, clearance) == set()


def test_the_board_takes_the_same_number_of_queries_for_one_and_thirty(house, django_assert_max_num_queries):
    first, last = SURGERY - timedelta(days=1), SURGERY + timedelta(days=60)
    plan = planned(house)
    opened(house, plan)

    def read():
        with acting_as(house.manager):
            return [(len(row.missing), row.clearance.plan.title) for row in
                    queries.board(first=first, last=last, seen_by=house.manager)]  # fmt: skip

    with django_assert_max_num_queries(8) as few:
        assert len(read()) == 1
    for day in range(1, 30):
        opened(house, plan, SURGERY + timedelta(days=day))
    with django_assert_max_num_queries(8) as many:
        assert len(read()) == 30
    assert len(few) == len(many)


# --- The database


def test_every_pair_of_states_by_sql(house):
    clearance = complete(house)
    arrows = {(str(source), str(move.target)) for move in CLEARANCE.moves for source in move.source}
    held = set()
    given = "cleared_at = now(), valid_until = surgery_date, cleared_by_id = (SELECT id FROM people_staff LIMIT 1), "
    way = {"OPEN": [], "CLEARED": ["CLEARED"], "NOT_CLEARED": ["NOT_CLEARED"], "EXPIRED": ["CLEARED", "EXPIRED"]}
    with acting_as(house.manager):
        for source in ClearanceStatus.values:
            for target in ClearanceStatus.values:
                if source == target:
                    continue
                point = transaction.savepoint()
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('kalon.reason', 'test', true)")

                    def step(state, cursor=cursor):
                        more = given if state == "CLEARED" else ""
                        cursor.execute(
                            f"UPDATE theatre_clearance SET {more}status = %s WHERE id = %s", [state, clearance.pk]
                        )

                    for state in way[source]:
                        step(state)
                    if (source, target) in arrows:
                        step(target)
                        held.add((source, target))
                    else:
                        with pytest.raises(DatabaseError) as error, transaction.atomic():
                            step(target)
                        assert error.value.__cause__.diag.constraint_name in (
                            "theatre_clearance_status_moves", "theatre_clearance_sealed", "theatre_clearance_lines",
                            "theatre_clearance_cleared_by_somebody",
                        ), (source, target)  # fmt: skip
                transaction.savepoint_rollback(point)
    assert held == arrows


CLEAR = (
    "UPDATE theatre_clearance SET status = 'CLEARED', cleared_at = now(), valid_until = surgery_date, "
    "cleared_by_id = (SELECT id FROM people_staff WHERE user_id = kalon_user()) WHERE id = %s"
)


def test_not_cleared_by_sql_while_a_line_is_open_or_its_evidence_is_gone(house):
    plan = planned(house)
    clearance = opened(house, plan)
    assert attack(CLEAR, [clearance.pk], by=house.manager) == "theatre_clearance_lines"
    consented(house, plan)
    blood_tested(house, plan)
    said(house, clearance)
    actions.look_again(clearance.pk, by=house.manager)
    with acting_as(house.manager):
        point = transaction.savepoint()
        sql("UPDATE orders_order SET answered_at = now() + interval '1 year'")  # answered again, looked at by nobody
        with refused("theatre_clearance_lines"):
            sql(CLEAR, clearance.pk)
        transaction.savepoint_rollback(point)
    assert attack(CLEAR, [clearance.pk], by=house.manager) == DONE


def test_a_line_takes_only_a_row_that_answers_it(house):
    clearance = opened(house)
    by_kind = lines(house, clearance)
    said(house, clearance, "FASTING")
    fasting = lines(house, clearance)["FASTING"].evidence_id
    take = (
        "UPDATE theatre_requirement SET evidence_kind = %s, evidence_id = %s, met_at = now(), met_by = 'x' "
        "WHERE id = %s"
    )
    for kind, evidence_kind, evidence in (
        ("FITNESS", "theatre.statement", fasting),  # said for another line
        ("FITNESS", "theatre.statement", clearance.pk),  # no such row
        ("LABS", "orders.order", clearance.pk),
        ("CONSENT", "plans.procedureplan", clearance.plan_id),  # the plan is no consent
        ("CONSENT", "pg.sleep", clearance.plan_id),  # no kind of evidence at all
        ("MONEY", "theatre.statement", fasting),
    ):
        assert attack(take, [evidence_kind, evidence, by_kind[kind].pk], by=house.manager) == (
            "theatre_requirement_evidence"
        ), kind
    assert attack("UPDATE theatre_requirement SET moment = 'DAY_OF' WHERE id = %s", [by_kind["LABS"].pk],
                  by=house.manager) == "theatre_requirement_fixed"  # fmt: skip
    for table in ("theatre_requirement", "theatre_clearance", "theatre_statement", "theatre_waiver"):
        assert attack(f"DELETE FROM {table}", by=house.manager) == "42501"


def test_only_a_clinician_says_that_a_patient_is_fit_for_anaesthesia(house):
    clearance, nurse = opened(house), house.visit.nurse
    fit = lines(house, clearance)["FITNESS"].pk
    for by in (nurse, house.manager):
        with pytest.raises(NotPermitted):
            actions.state(fit, "ASA I, fit.", by=by)
    said(house, clearance, "MEDICINES")  # a nurse's own sentence, for the attack to copy
    copy = "INSERT INTO theatre_statement SELECT (jsonb_populate_record(one, %s::jsonb)).* FROM theatre_statement one"
    forged = uuid7()
    facts = json.dumps({"id": str(forged), "requirement_id": str(fit)})
    assert attack(copy, [facts], by=nurse) == DONE  # words alone answer nothing
    take = (
        "UPDATE theatre_requirement SET evidence_kind = 'theatre.statement', evidence_id = %s, met_at = now(), "
        "met_by = 'x' WHERE id = %s"
    )
    assert attack(take, [forged, fit], by=nurse) == "theatre_requirement_evidence"
    assert "FITNESS" in missing(house, clearance)
    actions.state(fit, "ASA I, fit.", by=house.anaesthetist)
    assert "FITNESS" not in missing(house, clearance)


def test_nobody_says_anything_in_the_name_of_somebody_else(house):
    clearance = opened(house)
    said(house, clearance)
    forge = (
        "INSERT INTO theatre_statement SELECT (jsonb_populate_record(one, "
        "jsonb_build_object('id', gen_random_uuid()))).* FROM theatre_statement one LIMIT 1"
    )
    assert attack(forge, by=house.manager) == "theatre_statement_by_who_acts"
    assert attack("UPDATE theatre_statement SET said_at = now()", by=house.manager) in (
        "theatre_statement_stays",
        "42501",
    )


def test_no_clearance_of_another_patient_or_of_what_is_no_surgery(house):
    plan = planned(house)
    opened(house, plan)
    peel = approved(house.visit, of=plan.consultation_id)
    copy = (
        "INSERT INTO theatre_clearance SELECT (jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid(),"
        " %s::text, %s::text))).* FROM theatre_clearance one"
    )
    assert attack(copy, ["plan_id", str(peel.pk)], by=house.manager) == "theatre_clearance_of_a_surgery"
    other = house.clinic.other_patient.pk
    move = "UPDATE theatre_clearance SET patient_id = %s"
    assert attack(move, [other], by=house.manager) == "theatre_clearance_of_a_surgery"


def test_patients_see_none_of_it(house):
    opened(house)
    mine = house.clinic.patient_actor()
    for table in ("theatre_clearance", "theatre_requirement", "theatre_statement", "theatre_waiver", "theatre_policy"):
        assert attack(f"SELECT 1 FROM {table}", by=mine) == "42501"


def test_rows_of_another_clinic_are_not_there(house):
    from kalon.scheduling.tests.clinic import open_clinic

    clearance = opened(house)
    elsewhere = open_clinic("ZZ")
    with acting_as(elsewhere.owner):
        assert not Clearance.objects.filter(pk=clearance.pk).exists()
    with pytest.raises(NotFound):
        actions.clear(clearance.pk, by=elsewhere.owner)
