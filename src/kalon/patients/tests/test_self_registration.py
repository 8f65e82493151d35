"""Registering oneself: what a visitor gets, what they can never learn, and what an attacker tries."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid, Throttled
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions, queries
from kalon.patients.actions.visitors import FINISHED, TO_ONE_ADDRESS, WRONG
from kalon.patients.events import RegistrationForExistingAccount, RegistrationStarted
from kalon.patients.lifecycles import RegistrationStatus
from kalon.patients.models import Patient, PatientAccess, Registration, Relation
from kalon.patients.rules import GuardianDetails
from kalon.patients.tests.factories import details, patient
from kalon.people.models import User
from kalon.people.tests.factories import Clinic, clinic

PASSWORD = "a-long-enough-sentence"
Post = list[Any]


def visitor(here: Clinic, ip: str = "203.0.113.9") -> Actor:
    return here.public.from_origin(ip, "request")


def held(here: Clinic) -> dict[str, int]:
    with acting_as(here.system):
        return {table.__name__: table.objects.count() for table in (Patient, PatientAccess, User)}


def registration(here: Clinic, pk: UUID) -> Registration:
    with acting_as(here.system):
        return Registration.objects.get(pk=pk)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_code_opens_record_account_and_access_in_one_step(here: Clinic, post: Post) -> None:
    before = held(here)
    told = details(given_name="Nila", email="nila@example.com")
    row = actions.start_registration(told, PASSWORD, by=visitor(here))
    assert held(here) == before  # nothing exists until the code comes back
    one = actions.confirm_registration(row.pk, post[0].code, by=visitor(here))
    with acting_as(here.system):
        access = queries.account_of(one.pk, seen_by=here.system)
        assert access is not None
        assert (access.user.email, access.relation, access.called) == ("nila@example.com", Relation.SELF, "Nila")
        assert access.user.check_password(PASSWORD)
        mine = queries.patient_for_user(access.user)
        assert mine is not None
        assert mine.mrn == one.mrn
    kept = registration(here, row.pk)
    assert (kept.status, kept.data_key, kept.patient_id) == (RegistrationStatus.CONFIRMED, None, one.pk)


def test_only_the_address_that_was_proven_signs_in(here: Clinic, post: Post) -> None:
    told = details(email="nila@example.com", phone="98470 12345")
    row = actions.start_registration(told, by=visitor(here))
    actions.confirm_registration(row.pk, post[0].code, by=visitor(here))
    with acting_as(here.system):
        assert User.objects.get(email="nila@example.com").phone is None


def test_a_guardian_registers_a_child_with_their_own_account(here: Clinic, post: Post) -> None:
    mother = GuardianDetails(name="Meera Nair", relationship="Mother", phone="98470 55218")
    row = actions.start_registration(
        details(given_name="Diya", birth_date="2018-05-02", phone="", email="", guardian=mother), by=visitor(here)
    )
    assert (post[0].channel, post[0].recipient) == ("SMS", "+919847055218")
    child = actions.confirm_registration(row.pk, post[0].code, by=visitor(here))
    with acting_as(here.system):
        access = queries.account_of(child.pk, seen_by=here.system)
    assert access is not None
    assert (access.user.name, access.relation) == ("Meera Nair", Relation.GUARDIAN)


def test_a_child_alone_is_refused(here: Clinic, post: Post) -> None:
    with pytest.raises(Invalid, match="needs a guardian"):
        actions.start_registration(details(birth_date="2018-05-02"), by=visitor(here))
    assert post == []


def test_an_address_that_has_an_account_is_answered_the_same_and_its_owner_is_told(here: Clinic, post: Post) -> None:
    def answer(email: str) -> dict[str, Any]:
        told = replace(details(), email=email)
        row = actions.start_registration(told, PASSWORD, by=visitor(here))
        with pytest.raises(Invalid) as refusal:
            actions.confirm_registration(row.pk, "000000", by=visitor(here))
        with pytest.raises(Throttled) as throttled:
            actions.resend_code(row.pk, by=visitor(here))
        return {"channel": row.channel, "code": refusal.value.as_problem(), "again": throttled.value.detail[:25]}

    staff_email = here.users["owner"].email
    before = held(here)
    new, known = answer("nobody-yet@example.com"), answer(staff_email)
    assert new == known
    assert isinstance(post[0], RegistrationStarted)
    assert isinstance(post[1], RegistrationForExistingAccount)
    assert post[1].recipient == staff_email
    assert not hasattr(post[1], "code")
    assert held(here) == before


def test_through_http_too_the_two_answers_differ_in_nothing_but_the_id(here: Clinic, post: Post) -> None:
    client = Client(HTTP_HOST="localhost")
    body = {"given_name": "Nila", "birth_date": "1991-02-03", "password": PASSWORD}
    answers = []
    for email in ("nobody-yet@example.com", here.users["owner"].email):
        reply = client.post("/api/public/patients/register", {**body, "email": email}, content_type="application/json")
        told = reply.json()
        pk = told.pop("id")
        del told["expires_at"]
        answers.append((reply.status_code, sorted(reply.headers), str(told).replace(pk, "ID")))
    assert answers[0][0] == 201
    assert answers[0] == answers[1]


def test_not_even_the_right_guess_opens_anything_where_an_account_exists(here: Clinic, post: Post) -> None:
    told = replace(details(), email=here.users["owner"].email)
    row = actions.start_registration(told, by=visitor(here))
    with acting_as(here.system), pytest.raises(DatabaseError), transaction.atomic():
        Registration.objects.filter(pk=row.pk).update(status=RegistrationStatus.CONFIRMED)
    with acting_as(here.system):
        assert Registration.objects.get(pk=row.pk).opens is False


def test_a_registration_that_resembles_a_record_never_reaches_it(here: Clinic, post: Post) -> None:
    desk = patient(here.frontdesk, given_name="Meera", family_name="Nair", birth_date="1994-03-14", phone="98470 55218")
    same = details(
        given_name="Meera", family_name="Nair", birth_date="1994-03-14", phone="98470 55218", email="m@example.com"
    )
    row = actions.start_registration(same, by=visitor(here))
    one = actions.confirm_registration(row.pk, post[0].code, by=visitor(here))
    assert one.pk != desk.pk
    with acting_as(here.frontdesk):
        assert queries.patient(one.pk, seen_by=here.frontdesk).possible_duplicate_of_id == desk.pk
        assert queries.account_of(desk.pk, seen_by=here.frontdesk) is None
    actions.settle_duplicate(one.pk, "Cousins, both were here", by=here.frontdesk)
    with acting_as(here.frontdesk):
        assert queries.patient(one.pk, seen_by=here.frontdesk).possible_duplicate_of_id is None


def test_a_code_works_once(here: Clinic, post: Post) -> None:
    row = actions.start_registration(details(), by=visitor(here))
    actions.confirm_registration(row.pk, post[0].code, by=visitor(here))
    before = held(here)
    for code in (post[0].code, wrong(post[0].code)):
        with pytest.raises(IllegalMove) as refusal:
            actions.confirm_registration(row.pk, code, by=visitor(here))
        assert refusal.value.detail == FINISHED
    assert held(here) == before


def test_a_code_of_one_registration_does_not_open_another(here: Clinic, post: Post) -> None:
    actions.start_registration(details(), by=visitor(here))
    other = actions.start_registration(details(), by=visitor(here))
    if post[0].code != post[1].code:
        with pytest.raises(Invalid, match="This code is not right"):
            actions.confirm_registration(other.pk, post[0].code, by=visitor(here))


def test_after_half_an_hour_the_code_is_dead_and_what_was_typed_is_destroyed(here: Clinic, post: Post) -> None:
    row = actions.start_registration(details(), by=visitor(here))
    with clock.at(clock.now() + timedelta(minutes=31)):
        with pytest.raises(IllegalMove):
            actions.confirm_registration(row.pk, post[0].code, by=visitor(here))
        assert actions.expire_registrations(by=here.system) == 1
        assert actions.expire_registrations(by=here.system) == 0
    kept = registration(here, row.pk)
    assert (kept.status, kept.data_key) == (RegistrationStatus.EXPIRED, None)


def test_a_new_code_replaces_the_old_and_can_be_asked_for_three_times(here: Clinic, post: Post) -> None:
    row = actions.start_registration(details(), by=visitor(here))
    with pytest.raises(Throttled, match="A code was just sent"):
        actions.resend_code(row.pk, by=visitor(here))
    now = clock.now()
    for turn in range(1, 4):
        with clock.at(now + timedelta(minutes=2 * turn)):
            actions.resend_code(row.pk, by=visitor(here))
    with clock.at(now + timedelta(minutes=9)):
        with pytest.raises(Throttled, match="No more codes"):
            actions.resend_code(row.pk, by=visitor(here))
        if post[0].code != post[-1].code:
            with pytest.raises(Invalid):
                actions.confirm_registration(row.pk, post[0].code, by=visitor(here))
        assert actions.confirm_registration(row.pk, post[-1].code, by=visitor(here)).mrn == "SK-000001"
    assert [message.send_number for message in post] == [1, 2, 3, 4]


def test_one_address_is_not_flooded_from_many_places(here: Clinic, post: Post) -> None:
    for turn in range(TO_ONE_ADDRESS):
        told = details(email="victim@example.com")
        actions.start_registration(told, by=visitor(here, f"198.51.100.{turn}"))
    with pytest.raises(Throttled):
        actions.start_registration(details(email="victim@example.com"), by=visitor(here, "198.51.100.99"))
    assert len(post) == TO_ONE_ADDRESS


@pytest.mark.parametrize("password", ["short", "password123", "1234567890"])
def test_a_weak_password_is_refused_by_its_field(here: Clinic, post: Post, password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.start_registration(details(), password, by=visitor(here))
    assert refusal.value.field == "password"
    assert post == []


def test_a_visitor_cannot_read_a_registration_by_sql(here: Clinic, post: Post) -> None:
    actions.start_registration(details(), by=visitor(here))
    with acting_as(visitor(here)), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Registration.objects.count()


@pytest.mark.usefixtures("own_database")
class TestManyAtOnce:
    """With commits and several connections, as in life."""

    def test_of_forty_guesses_at_once_five_are_looked_at(self, post: Post) -> None:
        here = clinic(roles=["owner", "frontdesk"])
        row = actions.start_registration(details(), by=visitor(here))
        guess = wrong(post[0].code)

        def attempt(number: int) -> str:
            try:
                actions.confirm_registration(row.pk, guess, by=visitor(here, f"198.51.100.{number}"))
            except (Invalid, Throttled) as refusal:
                return type(refusal).__name__
            finally:
                connections.close_all()
            return "opened"

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(attempt, range(40)))
        assert (answers.count("Invalid"), answers.count("Throttled")) == (5, 35)
        with pytest.raises(Throttled):  # the right code comes too late
            actions.confirm_registration(row.pk, post[0].code, by=visitor(here))
        assert registration(here, row.pk).attempts == 5

    def test_a_refused_request_still_counts(self, post: Post) -> None:
        here = clinic(roles=["owner", "frontdesk"])
        row = actions.start_registration(details(), by=visitor(here))
        client = Client(HTTP_HOST="localhost")
        path = f"/api/public/patients/register/{row.pk}/confirm"
        replies = [client.post(path, {"code": wrong(post[0].code)}, content_type="application/json") for _ in range(7)]
        assert [reply.status_code for reply in replies] == [422] * 5 + [429] * 2
        assert replies[0].json()["errors"] == {"code": [WRONG]}

    def test_the_same_right_code_twice_at_once_opens_one_account(self, post: Post) -> None:
        here = clinic(roles=["owner", "frontdesk"])
        row = actions.start_registration(details(), by=visitor(here))

        def attempt(_: int) -> str:
            try:
                return actions.confirm_registration(row.pk, post[0].code, by=visitor(here)).mrn
            except IllegalMove as refusal:
                return refusal.detail
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as pool:
            answers = sorted(pool.map(attempt, range(4)))
        assert answers == ["SK-000001", FINISHED, FINISHED, FINISHED]

    def test_thirty_registrations_an_hour_from_one_place_also_when_they_come_at_once(self, post: Post) -> None:
        here = clinic(roles=["owner", "frontdesk"])

        def attempt(_: int) -> str:
            try:
                actions.start_registration(details(), by=visitor(here))
            except Throttled:
                return "throttled"
            finally:
                connection.close()
            return "sent"

        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(attempt, range(36)))
        assert (answers.count("sent"), answers.count("throttled")) == (30, 6)
