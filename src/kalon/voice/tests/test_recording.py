"""Recording under a live consent: chunks none lost and none twice, and a withdrawal that stops it at once."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from kalon.kernel import erasure, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import broken_constraint, sqlstate
from kalon.kernel.errors import Clash, DomainError, IllegalMove, Invalid, NotFound, NotPermitted, NotReady, TooLarge
from kalon.kernel.tenancy import acting_as
from kalon.voice import actions, queries
from kalon.voice.models import Chunk, VoiceSession
from kalon.voice.tests.conftest import SPEECH, Room, chunks


def attack(by: Actor, statement: str, *values: object) -> str:
    """Plain SQL as the role of the application: what refused it, or "done"; undone either way."""
    with acting_as(by):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, values)
                touched = cursor.rowcount
                transaction.set_rollback(True)
        except DatabaseError as error:
            return broken_constraint(error.__cause__) or sqlstate(error.__cause__)
    return "done" if touched else "nothing touched"


def kept(room: Room, found: VoiceSession) -> bytes:
    """All sound of a recording, opened in order."""
    with acting_as(room.system):
        rows = list(Chunk.objects.filter(session=found).order_by("index"))
        again = queries.session(found.pk, seen_by=room.system)
    return b"".join(queries.opened(bytes(one.sealed), again, queries.chunk_place(found.pk, one.index)) for one in rows)


def arrived(room: Room, found: VoiceSession) -> queries.Arrived:
    with acting_as(room.system):
        return queries.arrived(queries.session(found.pk, seen_by=room.system))


def test_a_recording_runs_pauses_goes_on_and_ends(room: Room):
    found = room.begun()
    assert found.status == "CONSENTED" and room.begun().pk == found.pk
    assert actions.start(found.pk, by=room.doctor).status == "RECORDING"
    assert actions.start(found.pk, by=room.doctor).status == "RECORDING"  # said twice
    assert actions.pause(found.pk, by=room.doctor).status == "PAUSED"
    assert actions.start(found.pk, by=room.doctor).status == "RECORDING"
    with pytest.raises(Invalid, match="Nothing was recorded"):
        actions.finish(found.pk, 0, by=room.doctor)
    room.send(found.pk, 0, chunks()[0])
    ended = actions.finish(found.pk, 2, by=room.doctor)
    assert (ended.status, ended.parts) == ("PAUSED", 2) and ended.finished_at is not None
    assert actions.finish(found.pk, 2, by=room.doctor).parts == 2
    with pytest.raises(Clash):
        actions.finish(found.pk, 3, by=room.doctor)
    with pytest.raises(NotReady, match="finished"):
        actions.start(found.pk, by=room.doctor)
    assert arrived(room, found).missing == 1


def test_nothing_is_recorded_without_consent(room: Room):
    room.withdraws()
    with pytest.raises(NotReady, match="has not agreed"):
        room.begun()
    with acting_as(room.system):
        assert not VoiceSession.objects.exists()


def test_a_withdrawal_stops_it_at_once(room: Room):
    found = room.recording()
    room.send(found.pk, 0, chunks()[0])
    room.withdraws()
    assert room.again(found).status == "PAUSED"
    with pytest.raises(NotReady, match="withdrawn"):
        room.send(found.pk, 1, chunks()[1])
    with pytest.raises(NotReady, match="withdrawn"):
        actions.start(found.pk, by=room.doctor)
    assert arrived(room, found).count == 1
    assert attack(room.system, "UPDATE voice_voicesession SET status = 'RECORDING' WHERE id = %s", found.pk) == (
        "voice_session_consented"
    )
    assert attack(room.system, INSERTED, 1, found.pk) == "voice_chunk_consented"


def test_a_withdrawal_at_home_stops_it_too(room: Room):
    found = room.recording()
    room.withdraws(by=room.office.account(room.patient))
    with pytest.raises(NotReady, match="withdrawn"):  # before any worker has looked
        room.send(found.pk, 0, chunks()[0])
    outbox.run_due()
    assert room.again(found).status == "PAUSED"


INSERTED = """INSERT INTO voice_chunk (id, organization_id, patient_id, created_at, session_id, index, sha256, size, begins, sealed)
    SELECT gen_random_uuid(), organization_id, patient_id, now(), id, %s, repeat('a', 64), 5, false, 'x'
    FROM voice_voicesession WHERE id = %s"""  # noqa: E501


def test_the_database_refuses_what_the_verbs_refuse(room: Room):
    found = room.recording()
    room.send(found.pk, 0, chunks()[0])
    change = "UPDATE voice_chunk SET sha256 = repeat('b', 64) WHERE session_id = %s"
    assert attack(room.system, change, found.pk) == "42501"
    assert attack(room.system, "DELETE FROM voice_chunk WHERE session_id = %s", found.pk) == "voice_chunk_stays"
    assert attack(room.system, INSERTED, 0, found.pk) == "voice_chunk_once"
    assert attack(room.system, INSERTED, 1, found.pk) == "done"
    elsewhere = "UPDATE voice_voicesession SET container = 'audio/wav' WHERE id = %s"
    assert attack(room.system, elsewhere, found.pk) == "voice_session_fixed"
    skipped = "UPDATE voice_voicesession SET status = 'TRANSCRIBED' WHERE id = %s"
    assert attack(room.system, skipped, found.pk) == "voice_voicesession_status_moves"
    second = """INSERT INTO voice_voicesession SELECT (jsonb_populate_record(voice_voicesession, jsonb_build_object(
        'id', gen_random_uuid(), 'status', 'CONSENTED', 'started_at', NULL))).* FROM voice_voicesession WHERE id = %s"""
    assert attack(room.system, second, found.pk) == "voice_session_one_open"
    actions.finish(found.pk, 1, by=room.doctor)
    assert attack(room.system, INSERTED, 1, found.pk) == "voice_chunk_open"


def test_chunks_come_in_any_order_and_twice(room: Room):
    found = room.recording()
    parts = list(enumerate(chunks()))
    for index, part in [*parts[::-1], *parts[:3]]:
        room.send(found.pk, index, part)
    here = arrived(room, found)
    assert (here.runs, here.count, here.following) == ([(0, len(parts) - 1)], len(parts), len(parts))
    assert kept(room, found) == SPEECH
    with acting_as(room.system):
        sealed = [bytes(one.sealed) for one in Chunk.objects.filter(session=found)]
    assert all(SPEECH[40:80] not in one and b"OpusHead" not in one for one in sealed)


def test_the_server_says_which_it_has(room: Room):
    found = room.recording()
    for index in (0, 1, 4):
        room.send(found.pk, index, chunks()[index])
    assert arrived(room, found).runs == [(0, 1), (4, 4)]
    actions.finish(found.pk, 6, by=room.doctor)
    assert arrived(room, found).missing == 3
    for index in (2, 3, 5):
        room.send(found.pk, index, chunks()[index])
    assert arrived(room, found).is_complete


@pytest.mark.parametrize("seed", range(3))
def test_requests_cut_at_random_lose_nothing_and_double_nothing(room: Room, seed: int):
    """Four of ten requests die, half of those after they were done: the tablet sends again until it is acknowledged."""
    found, rolled = room.recording(), Random(seed)
    waiting = dict(enumerate(chunks(size=700)))
    sent = 0
    while waiting:
        index = rolled.choice(list(waiting))
        sent += 1
        if rolled.random() < 0.2:
            continue  # never arrived
        room.send(found.pk, index, waiting[index])
        if rolled.random() < 0.25:
            continue  # the answer never arrived
        del waiting[index]
    actions.finish(found.pk, len(chunks(size=700)), by=room.doctor)
    assert sent > len(chunks(size=700)) and arrived(room, found).is_complete and kept(room, found) == SPEECH


def riff(size: int = 64) -> bytes:
    return b"RIFF\xff\xff\xff\xffWAVEfmt " + bytes(size)


@pytest.mark.parametrize(
    ("spoil", "refusal", "words"),
    [
        (lambda room, pk: room.send(pk, 0, SPEECH[:500], said="0" * 64), Invalid, "not what its fingerprint says"),
        (lambda room, pk: room.send(pk, 0, b""), Invalid, "empty"),
        (lambda room, pk: room.send(pk, -1, SPEECH[:9]), Invalid, "number"),
        (lambda room, pk: room.send(pk, 0, b"%PDF-1.7 no sound"), Invalid, "no sound"),
        (lambda room, pk: room.send(pk, 0, SPEECH[:500], kind="video/avi"), Invalid, "no sound"),
        (lambda room, pk: room.send(pk, 0, SPEECH[:500], kind="audio/mp4"), Invalid, "no sound"),
        (lambda room, pk: room.send(pk, 0, riff(4 * 1024 * 1024), kind="audio/wav"), TooLarge, "4 MB"),
    ],
)
def test_what_is_no_sound_is_refused_with_a_sentence(
    room: Room, spoil: Callable[[Room, Any], Any], refusal: type[DomainError], words: str
):
    found = room.recording()
    with pytest.raises(refusal, match=words):
        spoil(room, found.pk)
    assert arrived(room, found).count == 0


def test_another_chunk_of_the_same_number_is_refused(room: Room):
    found = room.recording()
    room.send(found.pk, 0, chunks()[0])
    with pytest.raises(Clash, match="second tablet"):
        room.send(found.pk, 0, SPEECH[:900])
    with pytest.raises(Invalid, match="audio/webm"):
        room.send(found.pk, 1, riff(), kind="audio/wav")
    assert kept(room, found) == chunks()[0]


def test_no_sound_is_taken_before_the_start_or_after_the_end(room: Room):
    found = room.begun()
    with pytest.raises(IllegalMove, match="no more sound"):
        room.send(found.pk, 0, chunks()[0])
    actions.start(found.pk, by=room.doctor)
    room.send(found.pk, 0, chunks()[0])
    actions.finish(found.pk, 1, by=room.doctor)
    room.send(found.pk, 0, chunks()[0])  # acknowledged again
    with pytest.raises(IllegalMove, match="no more sound"):
        room.send(found.pk, 1, chunks()[1])


def test_who_has_no_right_records_nothing(room: Room):
    with pytest.raises(NotPermitted):
        actions.begin(room.visit.pk, by=room.office.nurse)
    found = room.recording()
    for forbidden in (actions.start, actions.pause, actions.finish, actions.look):
        with pytest.raises(NotPermitted):
            forbidden(found.pk, **({"purpose": "x"} if forbidden is actions.look else {}), by=room.office.nurse)
    with pytest.raises((NotPermitted, NotFound)):
        actions.look(found.pk, purpose="x", by=room.office.account(room.patient))
    assert attack(room.office.account(room.patient), "SELECT id FROM voice_voicesession") == "42501"


def test_a_discarded_recording_is_gone_for_good(room: Room):
    found = room.recorded()
    with pytest.raises(Invalid, match="Write why"):
        actions.discard(found.pk, " ", by=room.doctor)
    gone = actions.discard(found.pk, "Recorded by mistake", by=room.doctor)
    assert gone.status == "DISCARDED" and room.again(found).data_key is None and arrived(room, found).count == 0
    with acting_as(room.system):
        assert erasure.ErasedKey.objects.filter(row_id__in=[found.pk, found.transcript.pk]).count() == 2
    assert room.begun().pk != found.pk
