"""Nobody reaches a recording who may not: by its address, from another clinic, by plain SQL, or once it is erased."""

import json
import re
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from kalon.kernel import erasure
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotReady
from kalon.kernel.tenancy import acting_as
from kalon.patients.models import Patient
from kalon.scheduling.tests.clinic import open_clinic
from kalon.voice import actions, api, urls
from kalon.voice.tests.conftest import SPEECH, Echo, Room
from kalon.voice.tests.test_drafts import drafted
from kalon.voice.tests.test_pages import client
from kalon.voice.tests.test_recording import attack

TABLES = (
    "voicesession", "chunk", "transcript", "span", "draft", "verified", "mapping", "outbound", "usage", "outsideengine",
    "ownpattern", "policy",
)  # fmt: skip
SAYS = {"reason": "A slip", "parts": 1, "draft_number": 1, "sections": {}, "engine": ""}


@pytest.fixture
def sent(room: Room) -> Any:
    """A draft that waits, of which a text was sent: the recording, and that text."""
    found = drafted(room)
    actions.register_people(found.pk, by=room.doctor)
    room.switches_on()
    return found, actions.ask(found.pk, "It hurts.", Echo(), by=room.doctor)


def everything(by: Actor, room: Room, found: Any, text: Any) -> dict[str, set[int]]:
    """What each page and each JSON address of one recording answers, read and pressed."""
    desk, answers = client(by), {}
    desk.raise_request_exception = False
    rows = {"sent": text.pk, "begin": room.visit.pk, "ask": room.visit.pk, "switch_pattern": UUID(int=1)}
    rows["reword_pattern"] = UUID(int=1)
    for one in urls.urlpatterns:
        if "<uuid" not in str(one.pattern):
            continue
        there = reverse(f"voice:{one.name}", args=[rows.get(one.name, found.pk)])
        got = desk.get(there, {"shown": "1", "since": "1"}, HTTP_RANGE="bytes=0-99")
        pressed = desk.post(there, {"reason": "A slip", "way": "say", "draft": "1"})
        answers[one.name] = {got.status_code, pressed.status_code}
    for path, view in api.router.path_operations.items():
        if "pk" not in path:
            continue
        there = "/api/voice-sessions" + re.sub(r"\{\w*:?pk\}", str(found.pk), re.sub(r"\{\w*:?index\}", "0", path))
        for method in (name for one in view.operations for name in one.methods):
            body = SPEECH[:400] if method == "PUT" else SAYS
            kind = "audio/webm" if method == "PUT" else "application/json"
            answer = desk.generic(
                method, there, *_sent(body, kind), headers={"X-Chunk-SHA256": sha256(SPEECH[:400]).hexdigest()}
            )
            answers[f"{method} {path}"] = {answer.status_code}
    return answers


def _sent(body: Any, kind: str) -> tuple[Any, str]:
    return (body if isinstance(body, bytes) else json.dumps(body), kind)


def test_whoever_may_not_is_told_nothing_at_any_address(room: Room, sent: Any):
    elsewhere = open_clinic("NS")
    for by, wanted in ((elsewhere.doctor_actor, {404}), (room.office.nurse, {403}), (room.office.clinic.desk, {403})):
        found = everything(by, room, *sent)
        assert len(found) > 25
        wrong = {name: codes for name, codes in found.items() if codes - wanted - {403, 405}}
        assert wrong == {}, by.name
    assert room.again(sent[0]).status == "DRAFTED"
    for table in TABLES:
        reached = attack(elsewhere.doctor_actor, f"SELECT id FROM voice_{table}")
        assert reached == "nothing touched", table
        assert attack(room.office.account(room.patient), f"SELECT id FROM voice_{table}") == "42501"


NEW = (
    "INSERT INTO voice_{0} SELECT (jsonb_populate_record(voice_{0}, "
    "jsonb_build_object('id', gen_random_uuid(), {1}))).* FROM voice_{0}"
)


@pytest.mark.parametrize("held", [False, True])
def test_the_database_refuses_by_itself(room: Room, sent: Any, held: bool):
    if held:
        actions.hold(sent[0].pk, "Complaint 7", by=room.office.owner)
    actions.set_policy(sound_days=90, words_days=900, by=room.office.owner)
    other = f"'patient_id', '{room.office.child.pk}'"
    refused = {
        "UPDATE voice_transcript SET half = data_key": "voice_transcript_fixed",
        "UPDATE voice_transcript SET data_key = NULL": "voice_transcript_held" if held else "voice_transcript_proven",
        "UPDATE voice_mapping SET data_key = NULL": "voice_mapping_held" if held else "voice_mapping_proven",
        "UPDATE voice_outbound SET data_key = NULL": "voice_outbound_held" if held else "voice_outbound_proven",
        "UPDATE voice_span SET from_ms = 7": "42501",
        "DELETE FROM voice_span": "voice_span_stays",
        "UPDATE voice_chunk SET index = 7": "42501",
        "DELETE FROM voice_chunk": "voice_chunk_stays",
        "DELETE FROM voice_voicesession": "42501",
        "UPDATE voice_voicesession SET status = 'VERIFIED'": "voice_session_verified",
        f"UPDATE voice_voicesession SET patient_id = '{room.office.child.pk}'": "voice_session_fixed",
        "UPDATE voice_voicesession SET data_key = NULL": "voice_session_held" if held else "voice_voicesession_proven",
        "UPDATE voice_usage SET cost = 0": "voice_usage_settled",
        "DELETE FROM voice_usage": "42501",
        "UPDATE voice_outsideengine SET budget = 0": "voice_engine_on_within_a_budget",
        "UPDATE voice_policy SET words_days = 10": "voice_policy_days",
        "DELETE FROM voice_draft": "42501",
        NEW.format("draft", f"'number', 2, {other}"): "voice_draft_of_session",
        NEW.format("mapping", f"'token', 'PATIENT_ABC123', {other}"): "voice_mapping_session_id_key",
        NEW.format("transcript", other): "voice_transcript_session_id_key",
        NEW.format("usage", "'is_outside', true, 'kind', 'HEARD', 'engine', 'deepgram'"): "voice_usage_switched_on",
    }
    found = {statement: attack(room.doctor, statement) for statement in refused}
    assert found == refused


def test_nothing_of_an_erased_patient_opens_and_no_page_breaks(room: Room, sent: Any):
    with acting_as(room.system):
        erasure.erase(Patient.objects.select_for_update().get(pk=room.patient.pk))
    found = everything(room.doctor, room, *sent)
    broken = {name: codes for name, codes in found.items() if 500 in codes}
    assert broken == {}, "a visit that goes on is not recorded any more; all else says what is gone"
    for verb in (actions.begin, actions.ask_to_record):
        with pytest.raises(NotReady, match="erased"):
            verb(room.visit.pk, by=room.doctor)
    assert client(room.doctor).get(reverse("voice:recording", args=[sent[0].pk])).status_code == 200
    assert room.lines(room.again(sent[0])) == []
