"""A note is drafted once all is written down: kept as it was, under a consent that holds, until its keys go."""


# ruff: noqa: E501

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from kalon.kernel import clock, outbox
from kalon.kernel.actors import Actor, Kind
from kalon.kernel.audit import AuditEvent
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import IllegalMove, Invalid, NotPermitted, NotReady
from kalon.kernel.models.keys import ErasedKey
from kalon.kernel.tenancy import acting_as
from kalon.voice import actions, queries
from kalon.voice.actions.listening import Heard, use
from kalon.voice.models import Draft, Mapping, Usage, Verified
from kalon.voice.rules.lines import Line
from kalon.voice.tests.conftest import Room, Sums, chunks

SAID = (
    "What brings you here? I have a bump on my nose since childhood.",
    "Any fever? No. Are you allergic to any medicine? Yes, penicillin, it gave me a rash.",
    "I will prescribe paracetamol 650 mg. One tablet three times a day for five days.",
    "Come back in two weeks for the stitches.",
)


class Says(Sums):
    """A listener that hears a consultation in whatever sound it gets first, and nothing afterwards."""

    def recognise(self, samples: Any, *, hotwords: str, language: str) -> Heard:
        lines = tuple(Line(at * 2500, at * 2500 + 2400, text) for at, text in enumerate(SAID))
        return Heard(lines if len(samples) > 100_000 else (), "en", 0.99)


def drafted(room: Room) -> Any:
    found = room.recorded(chunks())
    with use(Says):
        outbox.run_due()
    return room.again(found)


def body_of(room: Room, found: Any) -> dict[str, Any]:
    with acting_as(room.doctor):
        draft = queries.latest_draft(found.pk, seen_by=room.doctor)
        assert draft is not None
        return queries.draft_body(draft, seen_by=room.doctor)


def attack(by: Actor, statement: str, *values: object) -> str:
    with acting_as(by):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, values)
                transaction.set_rollback(True)
        except DatabaseError as error:
            return broken_constraint(error.__cause__)
    return "done"


def verified(room: Room, found: Any) -> Verified:
    """What a doctor decided, as a row alone."""
    with acting_as(room.doctor):
        draft = queries.latest_draft(found.pk, seen_by=room.doctor)
        assert draft is not None
        row = Verified(
            organization_id=found.organization_id, patient=found.patient, draft=draft, verified_by="Doctor",
            verified_at=clock.now(), words_drafted=10, words_kept=9,
        )  # fmt: skip
        row.half = "00" * 32
        row.body = queries.sealed_body({"subjective": "kept words"}, row)
        row.save(force_insert=True)
    return row


def test_what_was_said_is_drafted_by_itself_once_it_is_written_down(room: Room):
    found = drafted(room)
    body = body_of(room, found)
    assert found.status == "DRAFTED"
    medicine = body["medicines"][0]
    assert {key: medicine[key] for key in ("name", "strength", "dose", "frequency", "days", "flags")} == {
        "name": "Paracetamol", "strength": "650 mg", "dose": "1 tablet", "frequency": "TDS", "days": 5, "flags": [],
    }  # fmt: skip
    assert [(one["substance"], one["reaction"], one["negated"]) for one in body["allergies"]] == [
        ("Penicillin", "rash", False)
    ]
    assert body["follow_up"]["in_days"] == 14
    assert body["sections"]["subjective"][0]["sources"] == [
        {"from_ms": body["sections"]["subjective"][0]["sources"][0]["from_ms"], "to_ms": 2400,
         "words": "I have a bump on my nose since childhood."}
    ]  # fmt: skip
    with acting_as(room.doctor):
        draft = Draft.objects.get()
        assert (draft.number, draft.engine, draft.language) == (1, "house", "en") and draft.took_ms < 2000
        used = list(Usage.objects.order_by("id").values_list("kind", "engine", "cost", "currency"))
    assert used == [("HEARD", "sums", 0, "INR"), ("DRAFTED", "house", 0, "INR")]


def test_silence_is_drafted_as_nothing_with_a_sentence(room: Room):
    found = room.written()
    body = body_of(room, found)
    assert found.status == "DRAFTED" and body["sentence"].startswith("Nothing was said")
    assert body["sections"] == {"subjective": [], "objective": [], "assessment": [], "plan": []}
    assert (body["medicines"], body["allergies"], body["diagnoses"], body["follow_up"]) == ([], [], [], None)


def test_a_draft_is_made_anew_on_demand_and_the_latest_counts(room: Room):
    found = drafted(room)
    again = actions.draft_note(found.pk, by=room.doctor)
    assert again.number == 2 and room.again(found).status == "DRAFTED"
    with pytest.raises(Invalid):
        actions.draft_note(found.pk, by=room.doctor, engine="somebody")
    with pytest.raises(NotPermitted):
        actions.draft_note(found.pk, by=Actor(Kind.STAFF, "Nobody", found.organization_id))
    with acting_as(room.doctor):
        assert Draft.objects.count() == 2


def test_nothing_is_drafted_without_a_consent_that_holds_or_before_all_is_heard(room: Room):
    found = room.recording()
    with pytest.raises(IllegalMove, match="written down"):
        actions.draft_note(found.pk, by=room.doctor)
    actions.discard(found.pk, "Not wished", by=room.doctor)
    found = drafted(room)
    room.withdraws()
    with pytest.raises(NotReady, match="not agreed"):
        actions.draft_note(found.pk, by=room.doctor)
    copied = _copy("voice_draft", number="7")
    assert attack(room.doctor, copied) == "voice_draft_consented"
    assert actions.draft_first(found.pk, by=room.system) is None


def _copy(table: str, **changed: str) -> str:
    names = {
        "voice_draft": "organization_id, patient_id, session_id, data_key, half, engine, model, took_ms, language, drafted_by, body",
    }[table]
    extra = ", ".join(changed)
    return (
        f"INSERT INTO {table} (id, created_at, {names}, {extra}) "
        f"SELECT gen_random_uuid(), now(), {names}, {', '.join(changed.values())} FROM {table} LIMIT 1"
    )


def test_the_database_keeps_drafts_and_what_doctors_made_of_them(room: Room):
    by = room.doctor
    found = room.recorded(chunks())
    with use(Says), acting_as(room.system):
        pass
    skipped = "UPDATE voice_voicesession SET status = %s WHERE id = %s"
    with use(Says):
        while actions.hear(found.pk, by=room.system):
            pass
    assert room.again(found).status == "TRANSCRIBED"
    assert attack(by, skipped, "DRAFTED", found.pk) == "voice_session_drafted"
    outbox.run_due()
    assert attack(by, skipped, "VERIFIED", found.pk) == "voice_session_verified"
    assert attack(by, _copy("voice_draft", number="1")) == "voice_draft_number"
    assert attack(by, "UPDATE voice_draft SET engine = 'x'") == "voice_draft_kept"
    assert attack(by, "UPDATE voice_draft SET body = half") == "voice_draft_kept"
    assert attack(by, "DELETE FROM voice_draft") in ("voice_draft_kept", "")
    verified(room, found)
    assert attack(by, "UPDATE voice_verified SET accepted = 4") == "voice_verified_kept"
    assert attack(by, "UPDATE voice_verified SET data_key = NULL") == "voice_verified_proven"
    assert attack(by, "UPDATE voice_draft SET data_key = NULL") == "voice_draft_proven"
    assert attack(by, skipped, "VERIFIED", found.pk) == "done"
    actions.hold(found.pk, "A complaint", by=room.office.owner)
    assert attack(by, "UPDATE voice_draft SET data_key = NULL") == "voice_draft_held"
    assert attack(by, "UPDATE voice_verified SET data_key = NULL") == "voice_verified_held"


def test_an_earlier_draft_cannot_be_verified(room: Room):
    found = drafted(room)
    with acting_as(room.doctor):
        first = queries.latest_draft(found.pk, seen_by=room.doctor)
    actions.draft_note(found.pk, by=room.doctor)
    statement = (
        "INSERT INTO voice_verified (id, created_at, organization_id, patient_id, draft_id, data_key, half, body, verified_by,"
        " verified_at, accepted, edited, rejected, items_taken, items_left, words_drafted, words_kept, note_versions)"
        " SELECT gen_random_uuid(), now(), organization_id, patient_id, id, data_key, half, body, 'x', now(), 0, 0, 0, 0, 0,"
        " 0, 0, '[]' FROM voice_draft WHERE id = %s"
    )
    assert attack(room.doctor, statement, first.pk) == "voice_verified_latest"
    room.withdraws()
    assert attack(room.doctor, "UPDATE voice_voicesession SET status = 'VERIFIED'") in (
        "voice_session_consented",
        "voice_voicesession_status_moves",
    )


def test_the_keys_of_all_that_was_made_of_the_words_go_with_them(room: Room):
    found = drafted(room)
    actions.register_people(found.pk, by=room.doctor)
    verified(room, found)
    actions.discard(found.pk, "The patient wishes it", by=room.doctor)
    with acting_as(room.doctor):
        draft, decided, mapping = Draft.objects.get(), Verified.objects.get(), Mapping.objects.get()
        assert [row.data_key for row in (draft, decided, mapping)] == [None, None, None]
        assert queries.draft_body(draft, seen_by=room.doctor) == {}
        assert queries.verified_body(decided, seen_by=room.doctor) == {} and str(mapping.people) == "erased"
        gone = set(ErasedKey.objects.values_list("table_name", flat=True))
        assert AuditEvent.objects.filter(subject_id=draft.pk, purpose__contains="key destroyed").exists()
    assert {"voice_draft", "voice_verified", "voice_mapping", "voice_transcript"} <= gone


def test_what_is_drafted_stands_nowhere_in_clear(room: Room):
    drafted(room)
    with acting_as(room.doctor), connection.cursor() as cursor:
        cursor.execute("SELECT body::text FROM voice_draft")
        kept = bytes.fromhex(cursor.fetchone()[0][2:])
    assert b"paracetamol" not in kept.lower() and b"Penicillin" not in kept
