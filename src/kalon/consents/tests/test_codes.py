"""Signing by a one-time code: to whom it goes, how often it is tried, and what the evidence says."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.once import fresh

from kalon.consents import actions, queries
from kalon.consents.actions import Role, Signing
from kalon.consents.models import Consent, Signature, SigningCode
from kalon.consents.tests.conftest import Office
from kalon.consents.tests.planned import Planned, open_planned, read_all
from kalon.consents.tests.test_api import client
from kalon.consents.tests.test_guards import refused, sql
from kalon.consents.tests.test_pages import words
from kalon.kernel import clock, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid, NotFound, NotReady, Throttled
from kalon.kernel.tenancy import acting_as
from kalon.messaging.models import Message
from kalon.patients.models import Contact
from kalon.scheduling.tests.clinic import EIGHT


@pytest.fixture(scope="module")
def planned_once(made_once: Any) -> Planned:
    with clock.at(EIGHT):
        return made_once(open_planned)  # type: ignore[no-any-return]


@pytest.fixture
def ready(planned_once: Planned, db: None) -> Planned:
    return fresh(planned_once)


@pytest.fixture
def read(ready: Planned) -> Consent:
    nurse = ready.office.nurse
    return read_all(actions.open_to_sign(ready.asked(language="en").pk, by=nurse), by=nurse)


def newest(office: Office) -> Message:
    with acting_as(office.clinic.system):
        return Message.objects.select_related("patient").filter(template_code="consent-code").latest("id")


def typed(office: Office) -> str:
    """The code as it stands in the newest message."""
    found = re.search(r"\b\d{6}\b", newest(office).body)
    assert found is not None
    return found[0]


def by_code(consent: Consent, code: str, role: str = Role.PATIENT, **more: Any) -> Signing:
    return Signing(role, more.pop("name", ""), None, ticked=9, words=consent.content_sha256, code=code, **more)


def test_signed_by_the_code_that_was_sent_and_the_seal_says_by_which_channel(ready: Planned, read: Consent):
    office, nurse = ready.office, ready.office.nurse
    sent = actions.send_code(read.pk, by=nurse)
    mail = newest(office)
    assert (sent.channel, sent.sent_to) == ("EMAIL", f"{office.patient.email[0]}•••@example.org")
    assert (mail.recipient, mail.about_id) == (office.patient.email, read.pk)
    assert mail.secret_until == sent.expires_at == EIGHT + timedelta(minutes=10)
    assert ready.plan.title not in mail.body and typed(office) not in (sent.code_hash, str(sent.pk))
    part = actions.sign(read.pk, by_code(read, typed(office)), by=nurse)
    assert part.status == "PARTIALLY_SIGNED"
    done = actions.sign(read.pk, Signing(Role.SURGEON, "", words=read.content_sha256), by=office.doctor)
    with acting_as(nurse):
        done = queries.consent(done.pk, seen_by=nurse)
        assert queries.seal_holds(done)
        one = next(one for one in done.signatures.all() if one.role == Role.PATIENT)
        assert (one.method, one.name, one.strokes) == ("CODE", office.patient.name, None)
        assert one.how == f"By a one-time code, sent by e-mail to {sent.sent_to}"
        one.sent_to = "somebody@else.example"
        assert queries.seal_of(done, [one, *done.signatures.exclude(pk=one.pk)]) != done.seal_sha256


def test_a_code_is_tried_five_times_lives_ten_minutes_and_signs_once(ready: Planned, read: Consent):
    office, nurse = ready.office, ready.office.nurse
    with pytest.raises(Invalid, match="not right"):  # none was sent
        actions.sign(read.pk, by_code(read, "000000"), by=nurse)
    actions.send_code(read.pk, by=nurse)
    code = typed(office)
    wrong = "000000" if code != "000000" else "000001"
    with clock.at(EIGHT + timedelta(minutes=10)), pytest.raises(Invalid, match="expired"):
        actions.sign(read.pk, by_code(read, code), by=nurse)
    for _ in range(4):
        with pytest.raises(Invalid, match="not right"):
            actions.sign(read.pk, by_code(read, wrong), by=nurse)
    with acting_as(nurse):  # here, in one unit of work, each refusal takes its count back: `test_many_at_once` commits
        for _ in range(5):
            sql("UPDATE consents_signingcode SET tries = tries + 1 WHERE consent_id = %s", read.pk)
    with pytest.raises(Throttled, match="Too many wrong"):
        actions.sign(read.pk, by_code(read, code), by=nurse)
    with pytest.raises(Throttled, match="just sent"):
        actions.send_code(read.pk, by=nurse)
    with clock.at(EIGHT + timedelta(minutes=1)):
        actions.send_code(read.pk, by=nurse)
        with pytest.raises(Invalid, match="not right"):
            actions.sign(read.pk, by_code(read, code), by=nurse)  # the earlier one opens nothing any more
        assert actions.sign(read.pk, by_code(read, typed(office)), by=nurse).status == "PARTIALLY_SIGNED"
        with pytest.raises(IllegalMove, match="turn"):
            actions.send_code(read.pk, by=nurse)


def test_no_more_than_five_codes_within_an_hour(ready: Planned, read: Consent):
    for minute in range(5):
        with clock.at(EIGHT + timedelta(minutes=2 * minute)):
            actions.send_code(read.pk, by=ready.office.nurse)
    with clock.at(EIGHT + timedelta(minutes=12)), pytest.raises(Throttled, match="No more codes"):
        actions.send_code(read.pk, by=ready.office.nurse)


def test_a_code_signs_only_under_its_own_account_and_its_own_words(ready: Planned, read: Consent):
    office, ananya = ready.office, ready.office.account(ready.office.patient)
    actions.send_code(read.pk, by=ananya)
    with pytest.raises(Invalid, match="not right"):
        actions.sign(read.pk, by_code(read, typed(office)), by=office.nurse)
    with pytest.raises(Invalid, match="only the patient or guardian"):
        actions.sign(actions.sign(read.pk, by_code(read, typed(office)), by=ananya).pk,
                     by_code(read, "123456", Role.SURGEON), by=office.doctor)  # fmt: skip


def test_words_that_changed_need_a_code_of_their_own(ready: Planned, read: Consent):
    office, nurse = ready.office, ready.office.nurse
    actions.send_code(read.pk, by=nurse)
    hindi = read_all(actions.change_language(read.pk, "hi", by=nurse), by=nurse)
    with pytest.raises(Invalid, match="not right"):
        actions.sign(read.pk, by_code(hindi, typed(office)), by=nurse)


def test_no_code_before_it_is_read_or_to_a_stranger(ready: Planned):
    office = ready.office
    opened = actions.open_to_sign(ready.asked().pk, by=office.nurse)
    with pytest.raises(NotReady, match="Read every part"):
        actions.send_code(opened.pk, by=office.nurse)
    with pytest.raises(NotFound):
        actions.send_code(opened.pk, by=office.account(office.child))
    with acting_as(office.clinic.system):
        assert not SigningCode.objects.exists()


def test_a_guardian_is_sent_the_code_at_their_own_address(ready: Planned):
    office, ground = ready.office, "Order of the District Court Ernakulam of 3 March 2025"
    asked = ready.asked(language="en", guardianship=ground)
    read = read_all(actions.open_to_sign(asked.pk, by=office.nurse), by=office.nurse)
    assert read.signers == ["GUARDIAN", "SURGEON"]
    with pytest.raises(NotReady, match="No e-mail address"):  # the patient's own says nothing of a guardian
        actions.send_code(read.pk, by=office.nurse)
    with acting_as(office.clinic.system):
        Contact.objects.create(
            organization_id=office.clinic.organization_id, patient=office.patient, name="Leena Rao", phone="",
            email="leena@example.org", relationship="aunt", is_guardian=True,
        )  # fmt: skip
    assert actions.send_code(read.pk, by=office.nurse).sent_to == "l•••@example.org"
    assert newest(office).recipient == "leena@example.org"
    hand = by_code(read, typed(office), Role.GUARDIAN, name="Leena Rao", relation="guardian by court")
    assert actions.sign(read.pk, hand, by=office.nurse).status == "PARTIALLY_SIGNED"


def test_the_database_holds_a_code_to_what_it_was_sent_for(ready: Planned, read: Consent):
    """Raw SQL as the app role: nothing is signed by a code that was not typed back, or that was meant for another."""
    nurse = ready.office.nurse
    sent = actions.send_code(read.pk, by=nurse)
    facts = {
        "organization_id": read.organization_id, "patient_id": read.patient_id, "consent_id": read.pk,
        "role": "PATIENT",
        "method": "CODE", "name": "A", "content_sha256": read.content_sha256, "account": "x", "place": "x",
        "channel": "EMAIL", "sent_to": "x", "user_id": nurse.user_id,
    }  # fmt: skip

    def sign(**more: Any) -> None:
        Signature.objects.create(**{**facts, "signed_at": clock.now(), **more})

    prove = "UPDATE consents_signingcode SET proven_at = kalon_now(){} WHERE id = %s"
    with acting_as(nurse):
        with refused("consents_signature_code"):  # not typed back
            sign(code_id=sent.pk)
        with refused("consents_signature_method"):
            sign()
        with refused("consents_signature_method", "consents_signature_code"):
            sign(method="TYPED", code_id=sent.pk)
        with refused("consents_signingcode_lives"):  # never tried
            sql(prove.format(""), sent.pk)
        with refused("consents_signingcode_stays"):
            sql(
                "UPDATE consents_signingcode SET tries = 0, expires_at = expires_at + interval '1 day' WHERE id = %s",
                sent.pk,
            )
        sql("UPDATE consents_signingcode SET tries = 1 WHERE id = %s", sent.pk)
        with refused("consents_signingcode_stays"):
            sql("UPDATE consents_signingcode SET tries = 0 WHERE id = %s", sent.pk)
    with clock.at(EIGHT + timedelta(minutes=11)), acting_as(nurse), refused("consents_signingcode_lives"):
        sql(prove.format(""), sent.pk)
    with acting_as(nurse):
        sql(prove.format(""), sent.pk)
        with refused("consents_signature_code"):
            sign(code_id=sent.pk, channel="SMS")
        for _ in range(2):
            with refused("consents_signingcode_stays"):
                sql("UPDATE consents_signingcode SET proven_at = NULL WHERE id = %s", sent.pk)
        sign(code_id=sent.pk)


def test_on_the_pages_a_code_takes_the_place_of_the_drawing(ready: Planned, read: Consent):
    office, ananya = ready.office, ready.office.account(ready.office.patient)
    phone = client(office, ananya)
    page, ask = (reverse(f"consents:{name}", args=[read.pk]) for name in ("my_consent", "my_send_code"))
    assert "Sign with a code instead" in words(phone.get(page))
    assert phone.post(ask).status_code == 303
    shown = words(phone.get(page))
    assert (
        "Sign with a code" in shown
        and "•••@example.org" in shown
        and "Sign with your finger" not in shown.replace("Sign with your finger instead", "")
    )
    told = {"words": read.content_sha256, "role": "PATIENT", "ticked": ["0", "1", "2"]}
    assert phone.post(page, {**told, "code": ""}).status_code == 422
    assert "not right" in words(phone.post(page, {**told, "code": "1"}))
    assert phone.post(page, {**told, "code": typed(office)}).status_code == 303
    assert office.again(read).status == "PARTIALLY_SIGNED"
    outbox.run_due()
    assert "sent by e-mail to" in words(client(office, office.doctor).get(reverse("consents:consent", args=[read.pk])))


def test_in_json_a_code_is_sent_and_signs(ready: Planned, read: Consent):
    office: Office = ready.office
    ananya: Actor = office.account(office.patient)
    phone = client(office, ananya)
    sent = phone.post(f"/api/patient/consents/{read.pk}/code")
    assert (sent.status_code, sent.json()["channel"]) == (201, "EMAIL")
    body = {"role": "PATIENT", "name": "", "ticked": 9, "words": read.content_sha256, "code": typed(office)}
    done = phone.post(f"/api/patient/consents/{read.pk}/sign", body, content_type="application/json")
    assert done.status_code == 200, done.content
    [one] = done.json()["signatures"]
    assert (one["method"], one["channel"]) == ("CODE", "EMAIL") and one["sent_to"].endswith("•••@example.org")
