"""The settings of recordings as JSON: engines, what is taken out, what was sent, how long all is kept."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.kernel.audit import AuditEvent
from kalon.kernel.tenancy import acting_as
from kalon.scheduling.tests.clinic import EIGHT, open_clinic
from kalon.voice import actions, queries
from kalon.voice.rules.deciding import Part
from kalon.voice.tests.conftest import Echo, Room
from kalon.voice.tests.test_pages import at, client, words
from kalon.voice.tests.test_verifying import all_of, waiting

THERE = "/api/voice-sessions"
ON = {"is_on": True, "budget": "300", "model": "m", "read_price": "250", "write_price": "1250"}
LOCKER = {"name": "Locker", "regex": r"\bLK-\d{4}\b", "token": "[LOCKER_REDACTED]"}


def get(desk: Client, path: str) -> Any:
    answer = desk.get(THERE + path)
    assert answer.status_code == 200, (path, answer.content)
    return answer.json()


def call(desk: Client, verb: str, path: str, body: Any = None) -> tuple[int, Any]:
    sent = {} if body is None else {"data": body, "content_type": "application/json"}
    answer = getattr(desk, verb)(THERE + path, **sent)
    return answer.status_code, answer.json() if answer.content else None


def items(desk: Client, path: str) -> Any:
    return get(desk, path)["items"]


@pytest.fixture
def asked(room: Room) -> Any:
    """A recording of which a text left and another stayed."""
    found = room.begun()
    actions.register_people(found.pk, by=room.doctor)
    room.switches_on()
    actions.ask(found.pk, "She has had melasma for two years.", Echo(), by=room.doctor)
    with pytest.raises(actions.OutboundRefused):
        actions.ask(found.pk, "Her number is 9822044556.", Echo(), by=room.doctor)
    return found


def test_engines_are_read_and_decided_and_their_months_are_counted(room: Room):
    owner = client(room.office.owner)
    assert [(one["name"], one["is_on"], one["decided_at"]) for one in get(owner, "/engines")] == [
        ("claude", False, None), ("deepgram", False, None),
    ]  # fmt: skip
    status, refused = call(owner, "put", "/engines/claude", {**ON, "budget": "0"})
    assert (status, refused["field"]) == (422, "budget")
    assert call(owner, "put", "/engines/claude", {**ON, "budget": "NaN"})[0] == 422
    assert call(owner, "put", "/engines/nobody", ON)[0] == 422
    status, done = call(owner, "put", "/engines/claude", ON)
    assert (status, done["is_on"], done["decided_by"]) == (200, True, room.office.owner.name)
    found = room.begun()
    actions.register_people(found.pk, by=room.doctor)
    actions.ask(found.pk, "It hurts.", Echo(), by=room.doctor)
    months = get(owner, "/usage")
    now = months[-1]
    assert len(months) == 12 and months[0]["sessions"] == 0
    assert (now["sessions"], now["tokens_in"], now["tokens_out"], now["failures"]) == (1, 40, 9, 0)
    assert float(now["cost"]) > 0 and float(now["budget"]) == 300 and list(now["by_engine"]) == ["claude"]
    assert call(owner, "put", "/engines/claude", {"is_on": False, "budget": "0"})[1]["is_on"] is False


def test_the_quality_of_drafts_is_counted_by_month_and_engine_and_shown_by_engine(room: Room):
    owner = client(room.office.owner)
    assert get(owner, "/quality") == [] and "No draft was verified yet" in words(owner.get(at("usage")))
    found, body = waiting(room)
    sections = dict(all_of(body).sections)
    left_out = next(iter(sections))
    sections[left_out] = Part("REJECTED")
    done = actions.verify(found.pk, all_of(body, sections=sections), by=room.doctor)
    (row,) = get(owner, "/quality")
    assert (row["month"], row["engine"], row["drafts"]) == (f"{EIGHT:%Y-%m}-01", "house", 1)
    assert {name: row[name] for name in queries.COUNTED} == {name: getattr(done, name) for name in queries.COUNTED}
    assert row["rejected"] == 1 and row["accepted"] == len(sections) - 1 and row["items_left"] > 0
    assert 0 < row["share"] == 100 * done.words_kept // done.words_drafted < 100
    page = words(owner.get(at("usage")))
    assert "This clinic&#x27;s drafter" in page and f"{row['share']}%" in page
    june = queries.Quality(date(2026, 6, 1), "house", 2, 5, 1, 0, 3, 1, 100, 90)
    july = queries.Quality(date(2026, 7, 1), "house", 1, 1, 1, 1, 1, 1, 50, 0)
    other = queries.Quality(date(2026, 7, 1), "claude", 1, 0, 0, 4, 0, 0, 0, 0)
    summed = queries.Quality(date(2026, 6, 1), "house", 3, 6, 2, 1, 4, 2, 150, 90)
    assert queries.by_engine([june, july, other]) == [summed, other]
    assert (summed.share, other.share) == (60, None)


def test_patterns_are_tried_added_and_switched(room: Room):
    owner = client(room.office.owner)
    assert call(owner, "post", "/patterns", {**LOCKER, "regex": r"(\d+)+"})[0] == 422
    status, made = call(owner, "post", "/patterns", LOCKER)
    assert (status, made["is_active"]) == (201, True)
    assert call(owner, "post", "/patterns", LOCKER)[0] == 409
    said = {"text": "Her locker is LK-4711, call 98220 44556."}
    tried = call(owner, "post", "/patterns/try", said)[1]
    assert tried["text"] == "Her locker is [LOCKER_REDACTED], call [PHONE_REDACTED]."
    assert [tried["source"][one["start"] : one["end"]] for one in tried["spans"]] == ["LK-4711", "98220 44556"]
    wider = {**LOCKER, "regex": r"\bL[KQ]-\d{4}\b"}
    again = call(owner, "post", f"/patterns/{made['id']}/reword", wider)[1]
    assert (again["replaces_id"], again["is_active"], again["ended_at"]) == (made["id"], True, None)
    assert call(owner, "post", f"/patterns/{again['id']}/reword", wider)[1]["id"] == again["id"], "nothing is new"
    assert "LQ-1" not in call(owner, "post", "/patterns/try", {"text": "Her locker is LQ-1234."})[1]["text"]
    (ended,) = get(owner, f"/patterns/{again['id']}/earlier")
    assert (ended["id"], ended["regex"]) == (made["id"], LOCKER["regex"]) and ended["ended_at"]
    assert call(owner, "post", f"/patterns/{made['id']}/reword", wider)[0] == 404
    assert call(owner, "put", f"/patterns/{again['id']}", {"is_active": False})[1]["is_active"] is False
    assert "LK-4711" in call(owner, "post", "/patterns/try", said)[1]["text"]
    assert [(one["name"], one["is_active"]) for one in items(owner, "/patterns")] == [("Locker", False)]


def test_what_was_sent_is_listed_without_its_words_and_read_with_the_read_in_the_log(room: Room, asked: Any):
    desk = client(room.doctor)
    get(desk, f"/sent?session_id={asked.pk}")
    with CaptureQueriesContext(connection) as few:
        stayed, left = items(desk, f"/sent?session_id={asked.pk}")
    assert stayed["is_refused"] and not left["is_refused"] and "sent" not in left
    read = get(desk, f"/sent/{left['id']}")
    assert read["received"] == "Heard: She has had melasma for two years." and read["session_id"] == str(asked.pk)
    assert get(desk, f"/sent/{stayed['id']}")["reasons"][0]["length"] == 10
    with acting_as(room.system):
        assert AuditEvent.objects.filter(subject_id=left["id"], purpose__startswith="read what was sent").count() == 1
    for number in range(5):
        actions.ask(asked.pk, f"Again, {number}.", Echo(), by=room.doctor)
    with CaptureQueriesContext(connection) as many:
        assert len(items(desk, "/sent")) == 7
    assert len(many) <= len(few)
    first = get(desk, "/sent?limit=5")
    assert len(items(desk, f"/sent?limit=5&cursor={first['next']}")) == 2
    actions.discard(asked.pk, "A slip", by=room.doctor)
    read = get(desk, f"/sent/{left['id']}")
    assert (read["is_deleted"], read["sent"], read["received"]) == (True, None, None)


def test_days_holds_and_the_proof_of_deletion(room: Room):
    found, owner = room.written(), client(room.office.owner)
    listed = items(client(room.doctor), f"?patient_id={room.patient.pk}")
    assert [(one["id"], one["heard_ms"] > 0) for one in listed] == [(str(found.pk), True)]
    assert get(owner, "/keeping") == {"sound_days": 365, "words_days": 2557}
    assert call(owner, "put", "/keeping", {"sound_days": 0, "words_days": 365})[0] == 422
    assert call(owner, "put", "/keeping", {"sound_days": 90, "words_days": 400})[0] == 204
    assert get(owner, "/keeping") == {"sound_days": 90, "words_days": 400}
    assert call(owner, "post", f"/{found.pk}/hold", {"reason": "Complaint 12"})[0] == 200
    assert [(one["id"], one["held_reason"]) for one in items(owner, "/held")] == [(str(found.pk), "Complaint 12")]
    assert call(owner, "post", f"/{found.pk}/discard", {"reason": "A slip"})[0] == 409
    assert call(owner, "post", f"/{found.pk}/end-hold", {"reason": "Settled"})[0] == 200
    assert items(owner, "/held") == [] and get(owner, f"/{found.pk}/deleted") == []
    assert call(owner, "post", f"/{found.pk}/discard", {"reason": "A slip"})[0] == 204
    proofs = get(owner, f"/{found.pk}/deleted")
    assert {one["what"] for one in proofs} >= {"Sound of a recording", "Words of a recording"}
    assert {one["fingerprint"] for one in proofs} == {one["fingerprint"] for one in items(owner, "/deleted")}
    assert all(len(one["fingerprint"]) == 64 for one in proofs)


def test_without_the_right_nothing_is_read_or_decided_and_another_clinics_is_not_there(room: Room, asked: Any):
    row = items(client(room.doctor), "/sent")[0]["id"]
    made = call(client(room.office.owner), "post", "/patterns", LOCKER)[1]["id"]
    owners: list[tuple[Any, ...]] = [
        ("get", "/usage"), ("get", "/quality"), ("get", "/engines"), ("put", "/engines/claude", ON),
        ("get", "/keeping"), ("put", "/keeping", {"sound_days": 90, "words_days": 400}),
        ("get", "/held"), ("get", "/deleted"), ("get", "/patterns"), ("post", "/patterns", LOCKER),
        ("post", "/patterns/try", {"text": "words"}), ("put", f"/patterns/{made}", {"is_active": False}),
        ("post", f"/patterns/{made}/reword", LOCKER), ("get", f"/patterns/{made}/earlier"),
        ("post", f"/{asked.pk}/hold", {"reason": "x"}), ("post", f"/{asked.pk}/end-hold", {"reason": "x"}),
    ]  # fmt: skip
    doctors = [("get", "/sent"), ("get", f"/sent/{row}"), ("get", f"/{asked.pk}/deleted")]
    doctor, nurse = client(room.doctor), client(room.office.nurse)
    assert {(one[1], call(doctor, *one)[0]) for one in owners} == {(one[1], 403) for one in owners}
    assert {(one[1], call(nurse, *one)[0]) for one in doctors} == {(one[1], 403) for one in doctors}
    assert {call(Client(), *one)[0] for one in [*owners, *doctors]} == {401}
    strange = client(open_clinic("OT").owner)
    ours = [*owners[-3:], *doctors[1:], ("get", f"/sent?session_id={asked.pk}"), ("get", f"/sent?session_id={uuid4()}")]
    assert {(one[1], call(strange, *one)[0]) for one in ours} == {(one[1], 404) for one in ours}
    assert [items(strange, path) for path in ("/sent", "/patterns", "/held", "/deleted")] == [[], [], [], []]
    assert not any(one["is_on"] for one in get(strange, "/engines")) and get(strange, "/usage")[-1]["sessions"] == 0


def test_a_patient_is_asked_to_be_recorded_by_json_once(room: Room):
    doctor, nurse, strange = client(room.doctor), client(room.office.nurse), client(open_clinic("OT").owner)
    body = {"consultation_id": str(room.visit.pk)}
    status, asked = call(doctor, "post", "/ask", body)
    assert (status, call(doctor, "post", "/ask", body)) == (200, (200, asked))
    assert doctor.get(f"/api/consents/{asked['consent_id']}").json()["status"] == "PRESENTED"
    assert call(nurse, "post", "/ask", body)[0] == 403
    assert call(strange, "post", "/ask", body)[0] == 404
    assert call(doctor, "post", "/ask", {"consultation_id": asked["consent_id"]})[0] == 404
