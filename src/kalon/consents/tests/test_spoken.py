"""A consent to recordings that is said aloud: kept as evidence, heard by a witness, refused for anything else."""

from contextlib import nullcontext
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from kalon.consents import actions, queries
from kalon.consents.actions import Role, saying
from kalon.consents.models import Consent, Signature, Spoken
from kalon.consents.tests.conftest import Office
from kalon.consents.tests.silence import wav
from kalon.consents.tests.test_api import client
from kalon.kernel.audit import AuditEvent
from kalon.kernel.errors import IllegalMove, Invalid, NotPermitted, Stale, TooLarge
from kalon.kernel.tenancy import acting_as
from kalon.voice.tests.conftest import SPEECH

ORDER = "Order of the court of 3 March 2025, section 14 RPwD Act"


def opened(office: Office, kind: str = "RECORDING", **more: Any) -> Consent:
    """A consent that lies open before the patient, or who decides for them."""
    return office.opened(kind, **more)


def said(office: Office, consent: Consent, sound: bytes = SPEECH, ticked: int = 9) -> actions.Said:
    return actions.Said(sound, ticked, consent.content_sha256)


def test_what_is_said_aloud_is_sealed_evidence_and_holds(office: Office):
    consent = opened(office)
    done = actions.say(consent.pk, said(office, consent), by=office.nurse)
    assert done.status == "SIGNED"
    with acting_as(office.nurse):
        held = queries.in_force(office.patient.pk, "RECORDING", seen_by=office.nurse)
        assert held is not None and held.pk == consent.pk
        again = queries.consent(consent.pk, seen_by=office.nurse)
        assert queries.seal_holds(again)
        own, witness = sorted(again.signatures.all(), key=lambda one: one.role)[:2]
        assert own.method == "SPOKEN" and office.patient.name in own.how and witness.role == "STAFF"
        assert witness.name.startswith(office.nurse.name)
        row = Spoken.objects.get()
        assert SPEECH[:64] not in bytes(row.sealed), "it lies there sealed"
    _, sound = actions.hear_said(consent.pk, by=office.nurse)
    assert sound == SPEECH
    with acting_as(office.clinic.system):
        assert AuditEvent.objects.filter(purpose="listened to a spoken consent").count() == 1


@pytest.mark.parametrize(
    ("sound", "refusal"),
    [
        (b"no sound at all" * 100, Invalid),
        (wav(0.5), Invalid),
        (wav(5), Invalid),
        (SPEECH + b"x" * 4_000_000, TooLarge),
    ],
)
def test_what_is_no_sentence_is_refused_and_nothing_is_signed(office: Office, sound: bytes, refusal: type):
    consent = opened(office)
    with pytest.raises(refusal):
        actions.say(consent.pk, said(office, consent, sound), by=office.nurse)
    with acting_as(office.nurse):
        assert not Spoken.objects.exists() and not Signature.objects.filter(consent=consent).exists()


def test_only_to_recordings_under_the_words_that_were_shown_and_before_staff(office: Office):
    photographs = opened(office, "PHOTOGRAPHY")
    with pytest.raises(IllegalMove, match="in writing"):
        actions.say(photographs.pk, said(office, photographs), by=office.nurse)
    consent = opened(office)
    with pytest.raises(Stale):
        actions.say(consent.pk, actions.Said(SPEECH, 9, "0" * 64), by=office.nurse)
    with pytest.raises(Invalid, match="Tick each"):
        actions.say(consent.pk, said(office, consent, ticked=0), by=office.nurse)
    with pytest.raises(NotPermitted):
        actions.say(consent.pk, said(office, consent), by=office.clinic.system)
    with acting_as(office.nurse):
        assert not Spoken.objects.exists()


def test_the_database_keeps_what_was_said_and_takes_it_for_nothing_else(office: Office):
    consent = opened(office)
    actions.say(consent.pk, said(office, consent), by=office.nurse)
    photographs = opened(office, "PHOTOGRAPHY")
    with acting_as(office.nurse):
        row = Spoken.objects.get()
        for change in ("UPDATE consents_spoken SET took_ms = 9000", "DELETE FROM consents_spoken"):
            with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(change)
            assert any(why in str(refused.value) for why in ("kept as it was recorded", "permission denied"))
        borrowed = Signature(
            organization_id=row.organization_id, patient=photographs.patient, consent=photographs, role="PATIENT",
            method="SPOKEN", name="x", spoken=row, content_sha256=photographs.content_sha256,
            signed_at=row.spoken_at, user_id=office.nurse.user_id, account="x", place="x",
        )  # fmt: skip
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            borrowed.save(force_insert=True)
        assert "one agrees aloud to recordings" in str(refused.value)


def of_child(office: Office) -> Consent:
    return opened(office, of=office.child)


def of_adult(office: Office) -> Consent:
    return opened(office, guardianship=ORDER)


@pytest.mark.parametrize("prepared", [of_child, of_adult])
def test_for_a_minor_or_under_guardianship_the_guardian_says_it(office: Office, prepared: Any):
    consent = prepared(office)
    own = consent.patient.name
    for name, relation, field in (("", "mother", "name"), ("Leena Rao", " ", "relation"), (own, "mother", "name")):
        with pytest.raises(Invalid) as refused:
            wish = actions.Said(SPEECH, 9, consent.content_sha256, name, relation)
            actions.say(consent.pk, wish, by=office.nurse)
        assert refused.value.field == field
    wish = actions.Said(SPEECH, 9, consent.content_sha256, " Leena  Rao", "mother")
    with acting_as(office.nurse):
        assert not Spoken.objects.exists()
    assert actions.say(consent.pk, wish, by=office.nurse).status == "SIGNED"
    with acting_as(office.nurse):
        again = queries.consent(consent.pk, seen_by=office.nurse)
        (hand,) = [one for one in again.signatures.all() if one.method == "SPOKEN"]
        assert (hand.role, hand.name, hand.relation) == ("GUARDIAN", "Leena Rao", "mother")
        assert f"My name is Leena Rao. I am the mother of {own}" in hand.how and queries.seal_holds(again)
        assert queries.in_force(again.patient_id, "RECORDING", seen_by=office.nurse) == again


def test_the_database_takes_no_word_of_another_for_the_guardians(office: Office):
    """A sentence that was kept as the patient's own signs for nobody else, whatever the consent asks for."""
    consent = of_child(office)
    with pytest.MonkeyPatch.context() as held:
        held.setattr(saying, "sign", lambda *_, **__: None)
        wish = actions.Said(SPEECH, 9, consent.content_sha256, "Leena Rao", "mother")
        actions.say(consent.pk, wish, by=office.nurse)
        with acting_as(office.nurse):
            theirs = Spoken.objects.get()
        held.setattr(saying, "may_be_said", lambda _consent: Role.PATIENT)
        actions.say(consent.pk, wish, by=office.nurse)
    with acting_as(office.nurse):
        own = Spoken.objects.exclude(pk=theirs.pk).get()
        assert (theirs.said_by, own.said_by) == ("GUARDIAN", "PATIENT")
        for row, why in ((own, "one agrees aloud"), (theirs, "")):
            hand = Signature(
                organization_id=row.organization_id, patient=consent.patient, consent=consent, role="GUARDIAN",
                method="SPOKEN", name="Leena Rao", relation="mother", spoken=row, signed_at=row.spoken_at,
                content_sha256=consent.content_sha256, user_id=office.nurse.user_id, account="x", place="x",
            )  # fmt: skip
            with pytest.raises(DatabaseError, match=why) if why else nullcontext(), transaction.atomic():
                hand.save(force_insert=True)


def test_the_same_in_json(office: Office):
    consent = of_child(office)
    nurse, there = client(office, office.nurse), f"/api/consents/{consent.pk}"
    named = {"name": "Leena Rao", "relation": "mother"}
    asked = nurse.get(f"{there}/sentence", named).json()
    assert asked["said_by"] == "GUARDIAN" and f"I am the mother of {office.child.name}" in asked["sentence"]

    def sent(**more: Any) -> Any:
        sound = SimpleUploadedFile("consent.webm", SPEECH, "audio/webm")
        body = {"ticked": 9, "words": consent.content_sha256, "heard": "true", "sound": sound, **named, **more}
        return nurse.post(f"{there}/say", body)

    assert sent(heard="false").status_code == 422 and sent(relation="").status_code == 422
    assert sent(words="0" * 64).status_code == 409
    done = sent()
    assert done.status_code == 200 and done.json()["status"] == "SIGNED"
    hands = [(one["role"], one["method"], one["relation"]) for one in done.json()["signatures"]]
    assert ("GUARDIAN", "SPOKEN", "mother") in hands and len(hands) == 2
    sound = nurse.get(f"{there}/said")
    assert sound["Content-Type"] == "audio/webm" and b"".join(sound.streaming_content) == SPEECH  # type: ignore[arg-type]
    photographs = opened(office, "PHOTOGRAPHY")
    assert nurse.get(f"/api/consents/{photographs.pk}/sentence").status_code == 409


def test_the_page_asks_the_guardian(office: Office):
    consent = of_child(office)
    nurse = client(office, office.nurse)
    there = reverse("consents:say", args=[consent.pk])
    page = nurse.get(there).content.decode()
    assert "The guardian reads this out" in page and 'data-say-fill="relation"' in page
    sound = SimpleUploadedFile("consent.webm", SPEECH, "audio/webm")
    ticks = [str(at) for at in range(9) if f'value="{at}"' in page]
    body = {"words": consent.content_sha256, "ticked": ticks, "heard": "on", "sound": sound}
    few = nurse.post(there, body)
    assert few.status_code == 422 and "Write the guardian" in few.content.decode()
    sound.seek(0)
    assert nurse.post(there, {**body, "name": "Leena Rao", "relation": "mother"}).status_code == 303


def test_the_page_records_it_and_leads_back(office: Office):
    consent = opened(office)
    nurse = client(office, office.nurse)
    there = reverse("consents:say", args=[consent.pk])
    page = nurse.get(there).content.decode()
    assert "I agree that this visit" in page and "data-say-record" in page

    def sent(**more: Any) -> dict[str, Any]:
        sound = SimpleUploadedFile("consent.webm", SPEECH, "audio/webm")
        ticks = [str(at) for at in range(9) if f'value="{at}"' in page]
        return {"words": consent.content_sha256, "ticked": ticks, "heard": "on", "sound": sound, **more}

    silent = nurse.post(there, sent(heard=""))
    assert silent.status_code == 422 and "Say that you heard it." in silent.content.decode()
    done = nurse.post(there, sent(back="/queue"))
    assert done.status_code == 303 and done["Location"] == "/queue"
    page = nurse.get(reverse("consents:consent", args=[consent.pk])).content.decode()
    assert "Said aloud and recorded" in page and "/said" in page
    sound = nurse.get(reverse("consents:said", args=[consent.pk]))
    assert sound["Content-Type"] == "audio/webm" and b"".join(sound.streaming_content) == SPEECH  # type: ignore[arg-type]
    assert nurse.post(there + "?back=https://elsewhere.test/", sent()).headers["Location"].startswith("/consents/")
