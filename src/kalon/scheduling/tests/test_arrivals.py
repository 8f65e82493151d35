"""Arriving by a code: who gets in, and every code that does not count, refused with a sentence and kept in the log."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from kalon.consultations import queries as encounters
from kalon.kernel import actors, audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.audit import AuditEvent
from kalon.kernel.errors import NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.patients.models import PatientAccess
from kalon.people import actions as people
from kalon.scheduling import actions, queries
from kalon.scheduling.models import Appointment, Arrival
from kalon.scheduling.tests.clinic import EIGHT, Clinic, open_clinic
from kalon.scheduling.tests.test_pages import signed_in

TEN = EIGHT + timedelta(hours=2)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def visit(clinic: Clinic) -> Any:
    return clinic.booked("10:00")


@pytest.fixture
def patient(clinic: Clinic) -> Actor:
    """A patient with an account of their own."""
    actor = clinic.patient_actor()
    with acting_as(clinic.system):
        PatientAccess.objects.create(
            organization_id=clinic.organization_id,
            patient=clinic.patient,
            user_id=actor.user_id,
            relation="SELF",
            called="Ananya",
        )
    return actor


def at_door(clinic: Clinic, branch: Any = None) -> str:
    with acting_as(clinic.system):
        return queries.door_code(branch or clinic.branch, seen_by=clinic.system)


def on_phone(clinic: Clinic, visit: Any, patient: Actor) -> str:
    with acting_as(patient):
        code = queries.phone_code(queries.appointment(visit.pk, seen_by=patient), seen_by=patient)
    assert code is not None
    return code


def status(clinic: Clinic, visit: Any) -> str:
    with acting_as(clinic.system):
        return str(Appointment.objects.get(pk=visit.pk).status)


@pytest.fixture
def changes_nothing(clinic: Clinic, visit: Any) -> Any:
    yield
    assert status(clinic, visit) == "CONFIRMED"
    with acting_as(clinic.system):
        assert not Arrival.objects.exists()


class TestAtTheDoor:
    def test_a_patient_who_scans_the_door_is_here(self, clinic: Clinic, visit: Any, patient: Actor) -> None:
        with clock.at(TEN - 10 * MINUTE):
            actions.arrive(visit.pk, at_door(clinic), by=patient)
        assert status(clinic, visit) == "CHECKED_IN"
        with acting_as(clinic.system):
            move = AuditEvent.objects.filter(subject_id=visit.pk, kind=audit.Kind.MOVE).latest("id")
            encounter = encounters.of_appointment(visit.pk, seen_by=clinic.system)
        assert (move.reason, move.actor_name, move.actor_kind) == (
            "by QR at the door", "the code at the door", "system",
        )  # fmt: skip
        assert move.user_id == patient.user_id  # who stood there
        assert encounter is not None and encounter.status == "CHECKED_IN"

    @pytest.mark.usefixtures("changes_nothing")
    def test_the_database_still_refuses_a_patient(self, clinic: Clinic, visit: Any, patient: Actor) -> None:
        with acting_as(patient), pytest.raises(DatabaseError, match="a patient may ask"), transaction.atomic():
            Appointment.objects.filter(pk=visit.pk).update(status="CHECKED_IN")

    @pytest.mark.usefixtures("changes_nothing")
    @pytest.mark.parametrize("where", [0, 5, 20, 25, 40])
    def test_forged(self, clinic: Clinic, visit: Any, patient: Actor, where: int) -> None:
        with clock.at(TEN):
            raw = bytearray(urlsafe_b64decode(at_door(clinic) + "=="))
            raw[where] ^= 1
            forged = urlsafe_b64encode(raw).decode().rstrip("=")
            with pytest.raises(NotPermitted, match="not one of this clinic's") as refusal:
                actions.arrive(visit.pk, forged, by=patient)
        assert refusal.value.facts["qr"] == "forged"

    @pytest.mark.usefixtures("changes_nothing")
    @pytest.mark.parametrize("code", ["", "x", "https://evil.example/?code=", "\x00" * 58, "A" * 58, "é" * 58])
    def test_nonsense(self, clinic: Clinic, visit: Any, patient: Actor, code: str) -> None:
        with clock.at(TEN), pytest.raises(NotPermitted, match="Scan the code at the door again"):
            actions.arrive(visit.pk, code, by=patient)

    @pytest.mark.usefixtures("changes_nothing")
    def test_of_another_clinic(self, clinic: Clinic, visit: Any, patient: Actor) -> None:
        other = open_clinic("ZZ")
        with clock.at(TEN), pytest.raises(NotPermitted, match="not one of this clinic's"):
            actions.arrive(visit.pk, at_door(other), by=patient)

    @pytest.mark.usefixtures("changes_nothing")
    @pytest.mark.parametrize("later", [2 * MINUTE, timedelta(hours=3)])
    def test_late(self, clinic: Clinic, visit: Any, patient: Actor, later: timedelta) -> None:
        with clock.at(TEN):
            code = at_door(clinic)
        with clock.at(TEN + later), pytest.raises(NotPermitted, match="too old") as refusal:
            actions.arrive(visit.pk, code, by=patient)
        assert refusal.value.facts["qr"] == "late"

    @pytest.mark.usefixtures("changes_nothing")
    def test_of_yesterday(self, clinic: Clinic, visit: Any, patient: Actor) -> None:
        with clock.at(TEN - timedelta(days=1)):
            code = at_door(clinic)
        with clock.at(TEN), pytest.raises(NotPermitted, match="too old"):
            actions.arrive(visit.pk, code, by=patient)

    def test_no_code_outlives_its_day(self, clinic: Clinic) -> None:
        midnight = EIGHT + timedelta(hours=16)  # in Kochi
        with clock.at(midnight - MINUTE):
            code = at_door(clinic)
            with acting_as(clinic.system):
                found = queries.read_code(code, seen_by=clinic.system)
        assert found is not None and found.ends_at == midnight

    @pytest.mark.usefixtures("changes_nothing")
    def test_on_another_day_than_the_visit(self, clinic: Clinic, visit: Any, patient: Actor) -> None:
        with clock.at(TEN - timedelta(days=1)), pytest.raises(NotPermitted, match="on 24 Nov, not today") as refusal:
            actions.arrive(visit.pk, at_door(clinic), by=patient)
        assert refusal.value.facts["qr"] == "other day"

    @pytest.mark.usefixtures("changes_nothing")
    def test_of_another_branch(self, clinic: Clinic, visit: Any, patient: Actor) -> None:
        with acting_as(clinic.system):
            thrissur = people.add_branch(name="Thrissur", code="TCR", timezone="Asia/Kolkata", by=clinic.system)
        with (
            clock.at(TEN),
            pytest.raises(NotPermitted, match="the door of Thrissur") as refusal,
        ):
            actions.arrive(visit.pk, at_door(clinic, thrissur), by=patient)
        assert refusal.value.facts["qr"] == "other branch"

    @pytest.mark.usefixtures("changes_nothing")
    def test_somebody_elses_visit(self, clinic: Clinic, visit: Any) -> None:
        with clock.at(TEN), pytest.raises(NotFound):
            actions.arrive(visit.pk, at_door(clinic), by=clinic.patient_actor(clinic.other_patient))

    @pytest.mark.usefixtures("changes_nothing")
    def test_the_code_of_ones_own_phone_is_not_the_doors(self, clinic: Clinic, visit: Any, patient: Actor) -> None:
        with clock.at(TEN), pytest.raises(NotPermitted, match="on the patient's phone"):
            actions.arrive(visit.pk, on_phone(clinic, visit, patient), by=patient)

    def test_used_twice(self, clinic: Clinic, visit: Any, patient: Actor) -> None:
        with clock.at(TEN):
            code = at_door(clinic)
            actions.arrive(visit.pk, code, by=patient)
            with pytest.raises(NotPermitted, match="checked in already"):
                actions.arrive(visit.pk, code, by=patient)
            actions.undo_check_in(visit.pk, "It was somebody else", by=clinic.desk)
            with pytest.raises(NotPermitted, match="used already") as refusal:
                actions.arrive(visit.pk, code, by=patient)
            assert refusal.value.facts["qr"] == "used"
            respelled = code[:-1] + chr(ord(code[-1]) + 1)  # the spare bits of the last letter: the same code
            with pytest.raises(NotPermitted):
                actions.arrive(visit.pk, respelled, by=patient)
            assert status(clinic, visit) == "CONFIRMED"
            actions.arrive(visit.pk, at_door(clinic), by=patient)  # a fresh one counts
        assert status(clinic, visit) == "CHECKED_IN"

    def test_two_patients_may_scan_the_same_code(self, clinic: Clinic, visit: Any, patient: Actor) -> None:
        other = clinic.booked("10:30", patient_id=clinic.other_patient.pk)
        with clock.at(TEN):
            code = at_door(clinic)
            actions.arrive(visit.pk, code, by=patient)
            actions.arrive(other.pk, code, by=clinic.patient_actor(clinic.other_patient))
        assert [status(clinic, one) for one in (visit, other)] == ["CHECKED_IN"] * 2

    def test_what_is_not_paid_goes_to_the_desk(self, clinic: Clinic, patient: Actor) -> None:
        unpaid = clinic.booked("10:00", by=patient, service_id=clinic.prepaid.pk, source="SELF_SERVICE")
        assert unpaid.status == "PENDING_PAYMENT"
        with clock.at(TEN - 5 * MINUTE), pytest.raises(NotReady, match="go to the desk"):
            actions.arrive(unpaid.pk, at_door(clinic), by=patient)
        assert status(clinic, unpaid) == "PENDING_PAYMENT"


class TestAtTheDesk:
    def test_the_desk_scans_a_phone(self, clinic: Clinic, visit: Any, patient: Actor) -> None:
        with clock.at(TEN):
            actions.scan(on_phone(clinic, visit, patient), by=clinic.desk)
        with acting_as(clinic.system):
            assert Arrival.objects.get().way == "PHONE"
            move = AuditEvent.objects.filter(subject_id=visit.pk, kind=audit.Kind.MOVE).latest("id")
        assert (move.actor_name, move.reason) == ("Sini Paul", "by QR from the patient's phone")

    def test_a_phone_shows_a_code_on_the_day_only(self, clinic: Clinic, visit: Any, patient: Actor) -> None:
        with acting_as(patient), clock.at(TEN - timedelta(days=1)):
            assert queries.phone_code(queries.appointment(visit.pk, seen_by=patient), seen_by=patient) is None

    @pytest.mark.usefixtures("changes_nothing")
    def test_late_forged_and_the_doors_own(self, clinic: Clinic, visit: Any, patient: Actor) -> None:
        with clock.at(TEN):
            code, door = on_phone(clinic, visit, patient), at_door(clinic)
            for wrong, words in ((code[:-5] + "AAAAA", "not one of this clinic's"), (door, "code at the door")):
                with pytest.raises(NotPermitted, match=words):
                    actions.scan(wrong, by=clinic.desk)
        with clock.at(TEN + 3 * MINUTE), pytest.raises(NotPermitted, match="too old"):
            actions.scan(code, by=clinic.desk)

    @pytest.mark.usefixtures("changes_nothing")
    def test_whoever_may_not_check_in_scans_nobody_in(self, clinic: Clinic, visit: Any, patient: Actor) -> None:
        with clock.at(TEN):
            code = on_phone(clinic, visit, patient)
            for stranger in (clinic.nobody, clinic.doctor_actor, patient):
                with pytest.raises(NotPermitted):
                    actions.scan(code, by=stranger)

    def test_a_copied_picture_is_worth_nothing(self, clinic: Clinic, visit: Any, patient: Actor) -> None:
        with clock.at(TEN):
            code = on_phone(clinic, visit, patient)
            actions.scan(code, by=clinic.desk)
            actions.undo_check_in(visit.pk, "It was a picture of a picture", by=clinic.desk)
            with pytest.raises(NotPermitted, match="used already"):
                actions.scan(code, by=clinic.desk)
        assert status(clinic, visit) == "CONFIRMED"


class TestThePages:
    def test_i_am_here(self, clinic: Clinic, visit: Any, patient: Actor) -> None:
        phone = signed_in(patient)
        with clock.at(TEN):
            code = at_door(clinic)
            page = phone.get(f"/my/arrive?code={code}")
            assert page.context["visit"].pk == visit.pk
            answer = phone.post("/my/arrive", {"code": code, "visit": str(visit.pk)})
            assert (answer.status_code, answer["Location"]) == (303, f"/my/visits/{visit.pk}")
            assert f"we call number <b class=\"k-mono whitespace-nowrap\">{visit.number[:4]}" in phone.get(
                answer["Location"]
            ).content.decode()  # fmt: skip

    @pytest.mark.usefixtures("changes_nothing")
    def test_a_refusal_says_what_to_do_and_stands_in_the_log(self, clinic: Clinic, visit: Any, patient: Actor) -> None:
        phone = signed_in(patient)
        with clock.at(TEN):
            old = at_door(clinic)
        with clock.at(TEN + 5 * MINUTE):
            for answer in (
                phone.get(f"/my/arrive?code={old}"),
                phone.post("/my/arrive", {"code": old, "visit": str(visit.pk)}),
            ):
                assert answer.status_code == 403
                assert "too old" in answer.content.decode()
        with acting_as(clinic.system):
            denied = AuditEvent.objects.filter(kind=audit.Kind.DENIED).order_by("id")
            assert [event.facts["qr"] for event in denied] == ["late", "late"]
            assert {event.user_id for event in denied} == {patient.user_id}

    def test_no_visit_here_today(self, clinic: Clinic, patient: Actor) -> None:
        with clock.at(TEN):
            page = signed_in(patient).get(f"/my/arrive?code={at_door(clinic)}")
        assert page.status_code == 403
        assert "You have no visit at Kochi today" in page.content.decode()

    @pytest.mark.usefixtures("changes_nothing")
    @pytest.mark.parametrize("visit_id", ["", "x", "\x00"])
    def test_a_form_that_makes_no_sense(self, clinic: Clinic, visit: Any, patient: Actor, visit_id: str) -> None:
        with clock.at(TEN):
            answer = signed_in(patient).post("/my/arrive", {"code": at_door(clinic), "visit": visit_id})
        assert answer.status_code == 404

    def test_staff_have_no_business_there(self, clinic: Clinic) -> None:
        assert signed_in(clinic.desk).get("/my/arrive").status_code == 403

    def test_the_desk_scans_or_types(self, clinic: Clinic, visit: Any, patient: Actor) -> None:
        desk = signed_in(clinic.desk)
        with clock.at(TEN):
            typed = desk.post("/appointments/arrive", {"code": visit.number.lower().replace("-", "")})
            assert typed["Location"] == f"/appointments/{visit.pk}"
            link = f"https://clinic.example/appointments/arrive?code={on_phone(clinic, visit, patient)}"
            scanned = desk.post("/appointments/arrive", {"code": link})
            assert (scanned.status_code, scanned["Location"]) == (303, "/appointments/arrive")
            assert status(clinic, visit) == "CHECKED_IN"
            again = desk.post("/appointments/arrive", {"code": link})
        assert again.status_code == 422
        assert "checked in already" in again.content.decode()
        with acting_as(clinic.system):
            assert AuditEvent.objects.get(kind=audit.Kind.DENIED).facts["qr"] == "used"

    def test_the_door_shows_another_code_each_time(self, clinic: Clinic) -> None:
        from django.test import Client

        with clock.at(TEN):
            _, word = actions.open_screen(clinic.branch.pk, "DOOR", by=clinic.owner)
            links = {Client().get(f"/door/{word}").context["link"] for _ in range(3)}
            assert len(links) == 3
            with acting_as(clinic.system):
                found = queries.read_code(links.pop(), seen_by=actors.system("a test", clinic.organization_id))
        assert found is not None and found.subject_id == clinic.branch.pk
