"""Two records of one person: read together, refused new things, separated again; attacked by SQL and at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from kalon.kernel import clock
from kalon.kernel.audit import AuditEvent
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import Clash, DomainError, IllegalMove, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.joined import GUARD
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions, queries
from kalon.patients.lifecycles import MERGE, MergeStatus
from kalon.patients.models import Allergy, Merge, Patient
from kalon.patients.queries import joining
from kalon.patients.rules import AllergyDetails, HistoryDetails
from kalon.patients.tests.factories import patient
from kalon.patients.tests.test_rules import checked
from kalon.people.tests.factories import Clinic, clinic


@pytest.fixture
def kept(here: Clinic) -> Patient:
    return patient(here.frontdesk, given_name="Meera", family_name="Nair", phone="+919847055218")


@pytest.fixture
def other(here: Clinic) -> Patient:
    one = patient(here.frontdesk, given_name="Mira", family_name="Nair", phone="+919847099999")
    actions.record_allergies(one.pk, "KNOWN", [AllergyDetails(substance="Penicillin")], by=here.owner)
    actions.add_history(one.pk, HistoryDetails(kind="CONDITION", text="Asthma"), by=here.owner)
    return one


def joined(here: Clinic, kept: Patient, other: Patient, *take: str) -> Merge:
    return actions.join_records(kept.pk, other.pk, take, "Same Aadhaar card", by=here.frontdesk)


def fresh(here: Clinic, of: Patient) -> Patient:
    with acting_as(here.owner):
        return Patient.objects.get(pk=of.pk)


# -- together


def test_everything_of_both_is_read_under_either_number(here: Clinic, kept: Patient, other: Patient) -> None:
    joined(here, kept, other)
    for one in (kept, other):
        with acting_as(here.owner):
            assert [row.substance for row in queries.allergies(one.pk, seen_by=here.owner)] == ["Penicillin"]
            assert [row.text for row in queries.history(one.pk, seen_by=here.owner)] == ["Asthma"]
            banner = queries.banner(fresh(here, one))
            assert queries.banners([fresh(here, one)]) == {one.pk: banner}
            assert (banner.allergy_state, banner.asked_by) == ("KNOWN", here.owner.name)


@pytest.mark.parametrize("text", ["Meera", "Mira Nair", "9847099999", "mrn"])
def test_a_search_by_either_name_phone_or_number_finds_the_person_once(
    here: Clinic, kept: Patient, other: Patient, text: str
) -> None:
    joined(here, kept, other)
    with acting_as(here.frontdesk):
        hits = queries.search(other.mrn if text == "mrn" else text, seen_by=here.frontdesk)
    assert [hit.patient_id for hit in hits] == [kept.pk]


def test_a_third_record_is_compared_with_the_details_of_both(here: Clinic, kept: Patient, other: Patient) -> None:
    joined(here, kept, other)
    with pytest.raises(Clash) as refused:
        actions.register(_told(other), by=here.frontdesk)
    assert [double["id"] for double in refused.value.facts["duplicates"]] == [str(kept.pk)]


def _told(of: Patient) -> Any:
    from kalon.patients.rules import PatientDetails

    return PatientDetails(given_name=of.given_name, family_name="Nair", birth_date=of.born, phone=of.phone)


# -- taking over, and back


def test_details_are_taken_over_and_put_back_exactly(here: Clinic, kept: Patient, other: Patient) -> None:
    abha = checked("9112345678901")
    actions.correct(other.pk, {"abha_number": abha}, version=other.version, reason="Card", by=here.frontdesk)
    before, theirs = fresh(here, kept), fresh(here, other)
    merge = joined(here, kept, other, "phone", "abha_number", "birth_date")
    now = fresh(here, kept)
    assert (now.phone, now.abha_number, now.given_name) == (other.phone, abha, "Meera")
    assert now.abha_hash == theirs.abha_hash and fresh(here, other).abha_hash == ""
    actions.undo_merge(merge.pk, "Two sisters", by=here.frontdesk)
    after, again = fresh(here, kept), fresh(here, other)
    answer = ("allergy_state", "allergies_asked_at", "allergies_asked_by")
    assert (before.allergy_state, now.allergy_state) == ("NOT_RECORDED", "KNOWN")
    for name in ("phone", "abha_number", "abha_hash", "birth_date", "search_tokens", *answer):
        assert getattr(after, name) == getattr(before, name), name
        assert getattr(again, name) == getattr(theirs, name), name


def test_a_detail_corrected_since_stays_corrected(here: Clinic, kept: Patient, other: Patient) -> None:
    merge = joined(here, kept, other, "phone")
    now = fresh(here, kept)
    actions.correct(kept.pk, {"phone": "+919847011111"}, version=now.version, reason="New phone", by=here.frontdesk)
    actions.undo_merge(merge.pk, "Two sisters", by=here.frontdesk)
    assert fresh(here, kept).phone == "+919847011111"


def test_an_allergy_ended_for_the_joined_person_counts_again(here: Clinic, kept: Patient, other: Patient) -> None:
    merge = joined(here, kept, other)
    actions.record_allergies(kept.pk, "NONE_KNOWN", by=here.owner)
    with acting_as(here.owner):
        assert not queries.allergies(kept.pk, seen_by=here.owner)
    actions.undo_merge(merge.pk, "Two sisters", by=here.frontdesk)
    with acting_as(here.owner):
        assert [row.substance for row in queries.allergies(other.pk, seen_by=here.owner)] == ["Penicillin"]
        assert not queries.allergies(kept.pk, seen_by=here.owner)


@pytest.mark.parametrize(
    ("ours", "theirs", "stands"),
    [
        ("NONE_KNOWN", "KNOWN", "KNOWN"),
        ("KNOWN", "NONE_KNOWN", "KNOWN"),
        ("UNAVAILABLE", "NONE_KNOWN", "NONE_KNOWN"),
        ("NONE_KNOWN", "", "NONE_KNOWN"),
    ],
)
def test_an_allergy_that_one_of_them_knows_is_known(here: Clinic, ours: str, theirs: str, stands: str) -> None:
    one, two = patient(here.frontdesk), patient(here.frontdesk)
    for of, state in ((one, ours), (two, theirs)):
        if state:
            named = [AllergyDetails(substance="Latex")] if state == "KNOWN" else []
            actions.record_allergies(of.pk, state, named, by=here.owner)
    joined(here, one, two)
    assert fresh(here, one).allergy_state == stands


def test_both_are_told_in_the_log_and_the_join_is_a_move(here: Clinic, kept: Patient, other: Patient) -> None:
    merge = joined(here, kept, other)
    with acting_as(here.owner):
        noted = AuditEvent.objects.filter(kind="CHANGE", purpose="joined with another record")
        assert set(noted.values_list("patient_id", flat=True)) == {kept.pk, other.pk}
        move = AuditEvent.objects.get(kind="MOVE", subject_id=merge.pk)
        assert (move.move, move.to_state, move.reason) == ("join", "MERGED", "Same Aadhaar card")


# -- refusals


def test_without_the_right_nothing_is_joined_or_separated(here: Clinic, kept: Patient, other: Patient) -> None:
    with pytest.raises(NotPermitted):
        actions.join_records(kept.pk, other.pk, (), "Same card", by=here.inventory)
    with acting_as(here.owner):
        assert not Merge.objects.exists()
    merge = joined(here, kept, other)
    with pytest.raises(NotPermitted):
        actions.undo_merge(merge.pk, "Two sisters", by=here.inventory)
    with acting_as(here.owner):
        assert Merge.objects.get().status == MergeStatus.MERGED


@pytest.mark.parametrize(
    ("take", "reason", "field"), [((), " ", "reason"), (("mrn",), "Same card", "mrn"), ((), "x" * 301, None)]
)
def test_bad_input_gets_a_sentence(
    here: Clinic, kept: Patient, other: Patient, take: tuple[str, ...], reason: str, field: str | None
) -> None:
    with pytest.raises(Invalid) as refused:
        actions.join_records(kept.pk, other.pk, take, reason, by=here.frontdesk)
    assert refused.value.field == field


def test_a_record_is_not_joined_into_itself_nor_into_another_clinics(
    here: Clinic, elsewhere: Clinic, kept: Patient
) -> None:
    with pytest.raises(Invalid):
        actions.join_records(kept.pk, kept.pk, (), "Same", by=here.frontdesk)
    stranger = patient(elsewhere.frontdesk)
    for pair in ((kept.pk, stranger.pk), (stranger.pk, kept.pk)):
        with pytest.raises(NotFound):
            actions.join_records(*pair, (), "Same", by=here.frontdesk)


def test_neither_chains_nor_circles(here: Clinic, kept: Patient, other: Patient) -> None:
    third = patient(here.frontdesk, given_name="Third")
    joined(here, kept, other)
    for pair in ((other, third), (third, other), (third, kept), (other, kept), (kept, other)):
        with pytest.raises(Clash):
            joined(here, *pair)
    joined(here, kept, third)  # a second one into the same is a star, not a chain
    with acting_as(here.owner):
        assert set(joining.kept_of([other.pk, third.pk]).values()) == {kept.pk}


def test_what_still_goes_on_stands_in_the_way(here: Clinic, kept: Patient, other: Patient) -> None:
    def busy(patient_id: Any, by: Any) -> Iterator[joining.Obstacle]:
        if patient_id == other.pk:
            yield joining.Obstacle("Visit V-1 is still to come: move or cancel it.", "/visits/1")

    joining.add(busy)
    try:
        with pytest.raises(NotReady) as refused:
            joined(here, kept, other)
        assert "Visit V-1" in refused.value.detail
        joined(here, other, kept)
    finally:
        joining._checks.remove(busy)


def test_nothing_new_begins_on_the_joined_record_and_the_sentence_names_the_other(
    here: Clinic, kept: Patient, other: Patient
) -> None:
    merge = joined(here, kept, other)
    calls = (
        lambda: actions.record_allergies(other.pk, "KNOWN", [AllergyDetails(substance="Latex")], by=here.owner),
        lambda: actions.add_history(other.pk, HistoryDetails(kind="CONDITION", text="Gout"), by=here.owner),
    )
    for call in calls:
        with pytest.raises(Clash) as refused:
            call()
        assert kept.mrn in refused.value.detail
    actions.undo_merge(merge.pk, "Two sisters", by=here.frontdesk)
    for call in calls:
        call()


# -- the day


@pytest.mark.parametrize(("hours", "possible"), [(23, True), (25, False)])
def test_only_for_a_day(here: Clinic, kept: Patient, other: Patient, hours: int, possible: bool) -> None:
    merge = joined(here, kept, other)
    with clock.at(merge.status_at + timedelta(hours=hours)):
        with acting_as(here.frontdesk):
            assert joining.may_undo(joining.merge(merge.pk, seen_by=here.frontdesk), seen_by=here.frontdesk) is possible
        if possible:
            actions.undo_merge(merge.pk, "Two sisters", by=here.frontdesk)
            return
        with pytest.raises(IllegalMove) as refused:
            actions.undo_merge(merge.pk, "Two sisters", by=here.frontdesk)
    assert "24 hours" in refused.value.detail


@pytest.mark.parametrize(("before", "hours"), [("MERGED", 1), ("MERGED", 25), ("UNDONE", 1)])
def test_raw_sql_separates_only_with_a_reason_and_within_the_day(
    here: Clinic, kept: Patient, other: Patient, before: str, hours: int
) -> None:
    merge = joined(here, kept, other)
    if before == "UNDONE":
        actions.undo_merge(merge.pk, "Two sisters", by=here.frontdesk)
    arrows = {(source, move.target) for move in MERGE.moves for source in move.source}
    with clock.at(merge.status_at + timedelta(hours=hours)), acting_as(here.system):
        for after in (state for state in MergeStatus.values if state != before):
            drawn = (before, after) in arrows and hours < 24
            assert _sql("UPDATE patients_merge SET status = %s", after, reason="") == "patients_merge_status_moves"
            refusal = _sql("UPDATE patients_merge SET status = %s", after, reason="by hand")
            assert refusal == ("" if drawn else "patients_merge_status_moves")
        for column in ("reason", "joined_by"):
            assert _sql(f"UPDATE patients_merge SET {column} = %s", "x") == "patients_merge_sealed"
        assert _sql("UPDATE patients_merge SET survivor_id = absorbed_id WHERE %s <> ''", "x") != ""
        assert _sql("DELETE FROM patients_merge WHERE %s <> ''", "x") == "refused"


def _sql(statement: str, value: str, *, reason: str = "by hand") -> str:
    """The name of the constraint that refused, "refused" for a missing right, or nothing; either way it is undone."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('kalon.reason', %s, true)", [reason])
            cursor.execute(statement, [value])
            assert cursor.rowcount == 1
            transaction.set_rollback(True)
    except DatabaseError as error:
        return broken_constraint(error.__cause__) or "refused"
    return ""


def test_no_chain_by_raw_sql_either(here: Clinic, kept: Patient, other: Patient) -> None:
    third = patient(here.frontdesk, given_name="Third")
    joined(here, kept, other)
    for survivor, absorbed, refusal in (
        (third, other, "patients_merge_absorbed_once"),
        (other, third, "patients_merge_chain"),
        (third, kept, "patients_merge_chain"),
        (third, third, "patients_merge_two_records"),
    ):
        with acting_as(here.system), pytest.raises(DatabaseError) as refused, transaction.atomic():
            row = Merge(organization_id=here.organization_id, survivor=survivor, absorbed=absorbed, joined_by="x")
            row.reason, row.changes = "by hand", {}
            row.save(force_insert=True)
        assert broken_constraint(refused.value.__cause__) == refusal


def test_eight_desks_at_once_join_the_two_only_once(own_database: str, django_db_blocker: Any) -> None:
    start = Barrier(8)

    def desk(number: int) -> str:
        pair = (one.pk, two.pk) if number % 2 else (two.pk, one.pk)
        with django_db_blocker.unblock():
            try:
                start.wait()
                actions.join_records(*pair, (), "Same card", by=made.frontdesk)
            except DomainError as refusal:
                return refusal.code
            finally:
                connections.close_all()
        return "joined"

    with django_db_blocker.unblock():
        made = clinic(roles=["owner", "frontdesk"])
        one, two = patient(made.frontdesk), patient(made.frontdesk)
        connection.close()
        with ThreadPoolExecutor(8) as desks:
            outcomes = sorted(desks.map(desk, range(8)))
        connection.close()
    assert outcomes == ["clash"] * 7 + ["joined"]


def test_a_new_line_and_a_join_take_turns(own_database: str, django_db_blocker: Any) -> None:
    """The line is begun while the join is not committed yet: it waits for it, and is refused."""
    begun, written = Event(), Event()

    def write() -> str:
        with django_db_blocker.unblock():
            try:
                begun.wait(10)
                with acting_as(made.system):
                    row = {"organization_id": made.organization_id, "patient_id": two.pk, "noted_by": "x"}
                    Allergy.objects.create(substance="Latex", **row)
            except DatabaseError as refused:
                return broken_constraint(refused.__cause__)
            finally:
                written.set()
                connections.close_all()
        return "written"

    with django_db_blocker.unblock():
        made = clinic(roles=["owner", "frontdesk"])
        one, two = patient(made.frontdesk), patient(made.frontdesk)
        with ThreadPoolExecutor(1) as nurse:
            outcome = nurse.submit(write)
            with acting_as(made.frontdesk):
                actions.join_records(one.pk, two.pk, (), "Same card", by=made.frontdesk)
                begun.set()
                assert not written.wait(0.5)
            assert outcome.result(10) == GUARD
        connection.close()
