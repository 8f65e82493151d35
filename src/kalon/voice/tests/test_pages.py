"""The pages of recordings: read and heard, patterns tried, what was sent, how long all is kept, what is destroyed."""

from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kalon.kernel.audit import AuditEvent
from kalon.kernel.errors import Clash, Invalid, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.people.models import User
from kalon.voice import actions, queries
from kalon.voice.models import OwnPattern
from kalon.voice.rules.redaction import Pattern
from kalon.voice.tests.conftest import SPEECH, Echo, Room
from kalon.voice.tests.test_drafts import attack

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def client(actor: Any) -> Client:
    made = Client()
    with acting_as(actor):
        made.force_login(User.objects.get(pk=actor.user_id), backend=BACKEND)
    return made


def words(answer: Any) -> str:
    return answer.content.decode()  # type: ignore[no-any-return]


def at(name: str, *args: Any) -> str:
    return reverse(f"voice:{name}", args=args)


def part(desk: Client, pk: UUID, wanted: str) -> tuple[Any, bytes]:
    answer = desk.get(at("sound", pk), HTTP_RANGE=wanted)
    return answer, b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[arg-type]


def test_a_pattern_is_tried_added_used_and_switched_off(room: Room):
    desk = client(room.office.owner)
    said = "Her locker is LK-4711, call 98220 44556, Dr Kavya Menon knows."
    page = words(desk.post(at("try_patterns"), {"text": said}))
    assert "[PHONE_REDACTED]" in page and "LK-4711" in page and "Own pattern" not in page
    before = {"name": "Locker", "regex": r"\bLK-(\d+)+\b", "token": "[LOCKER_REDACTED]"}
    refused = desk.post(at("patterns"), before)
    assert refused.status_code == 422 and "Say how often at most" in words(refused)
    token = desk.post(at("patterns"), {**before, "regex": r"\bLK-\d{4}\b", "token": "locker"})
    assert token.status_code == 422 and "end in _REDACTED" in words(token)
    assert desk.post(at("patterns"), {**before, "regex": r"\bLK-\d{4}\b"}).status_code == 303
    twice = desk.post(at("patterns"), {**before, "regex": r"\bLK-\d{4}\b"})
    assert twice.status_code == 422 and "already" in words(twice)
    page = words(desk.post(at("try_patterns"), {"text": said}))
    assert page.count("[LOCKER_REDACTED]") > 1 and "Own pattern" in page
    with acting_as(room.office.owner):
        row = OwnPattern.objects.get()
        assert not AuditEvent.objects.filter(facts__icontains="LK-4711").exists()
    there = at("reword_pattern", row.pk)
    assert desk.post(there, {**before, "regex": ".*"}).status_code == 422 and "Never reworded" in words(desk.get(there))
    assert desk.post(there, {**before, "regex": r"\bL[KQ]-\d{4}\b"}).status_code == 303
    by, old = room.office.owner, row.pk
    with acting_as(by):
        row = OwnPattern.objects.get(ended_at=None)
        assert row.replaces_id == old and OwnPattern.objects.get(pk=old).regex == r"\bLK-\d{4}\b"
    assert "LK-\\d{4}" in words(desk.get(at("reword_pattern", row.pk))) and "reworded" in words(
        desk.get(at("patterns"))
    )
    for change in ("SET regex = 'x'", "SET is_active = true, ended_at = NULL", "SET ended_at = now()"):
        of = old if "NULL" in change else row.pk
        refused = attack(by, f"UPDATE voice_ownpattern {change} WHERE id = '{of}'")
        assert refused == ("voice_ownpattern_ended" if "now" in change else "voice_ownpattern_kept"), change
    assert attack(by, "DELETE FROM voice_ownpattern") != "done"
    second = "gen_random_uuid(), now(), organization_id, 'Two', regex, token, true, written_by"
    columns = "id, created_at, organization_id, name, regex, token, is_active, written_by, replaces_id"
    fork = f"INSERT INTO voice_ownpattern ({columns}) SELECT {second}, id FROM voice_ownpattern WHERE id = '{row.pk}'"
    assert attack(by, fork) == "voice_ownpattern_replaces"
    assert desk.post(at("switch_pattern", row.pk), {"on": "0"}).status_code == 303
    assert "Own pattern" not in words(desk.post(at("try_patterns"), {"text": said}))
    assert "Switch on" in words(desk.get(at("patterns")))


def test_patterns_are_the_owners_and_one_name_stands_once(room: Room):
    wish = {"name": "Locker", "regex": r"\bLK-\d{4}\b", "token": "[LOCKER_REDACTED]"}
    with pytest.raises(NotPermitted):
        actions.add_pattern(**wish, by=room.doctor)
    made = actions.add_pattern(**wish, by=room.office.owner)
    with pytest.raises(NotPermitted):
        actions.switch_pattern(made.pk, on=False, by=room.doctor)
    with pytest.raises(NotPermitted):
        actions.tried("words", by=room.doctor)
    with pytest.raises(Clash):
        actions.add_pattern(**wish, by=room.office.owner)
    with pytest.raises(Invalid):
        actions.tried(" ", by=room.office.owner)
    assert Pattern(made.name, made.regex, made.token)
    assert client(room.doctor).get(at("patterns")).status_code == 403


def test_a_recording_is_read_and_heard_a_part_at_a_time(room: Room):
    found = room.written()
    desk = client(room.doctor)
    page = words(desk.get(at("recording", found.pk)))
    assert "data-hear-line" in page and "Tap a line to hear it" in page
    whole = 44 + found.transcript.heard_ms * 32
    answer, content = part(desk, found.pk, "bytes=0-")
    assert answer.status_code == 206 and answer["Content-Range"] == f"bytes 0-{len(content) - 1}/{whole}"
    assert content[:4] == b"RIFF" and len(content) == min(whole, 44 + 20_000 * 32)
    assert int.from_bytes(content[40:44], "little") == whole - 44
    _, few = part(desk, found.pk, "bytes=64044-96043")
    assert len(few) == 32_000 and few == content[64_044:96_044], "the same second, to the bit"
    _, odd = part(desk, found.pk, "bytes=64001-64100")
    assert odd == content[64_001:64_101]
    assert part(desk, found.pk, f"bytes={whole}-")[0].status_code == 422
    assert desk.get(at("sound", found.pk)).status_code == 422
    assert client(room.office.nurse).get(at("sound", found.pk), HTTP_RANGE="bytes=0-").status_code == 403
    with acting_as(room.system):
        heard = AuditEvent.objects.filter(purpose="listened to the recording", subject_id=found.pk)
        assert heard.count() == 3 and {one.facts["for"] for one in heard} >= {1}


def test_a_hold_is_put_and_ended_with_a_reason_and_what_is_thrown_away_is_proven(room: Room):
    found = room.written()
    owner = client(room.office.owner)
    assert client(room.doctor).post(at("hold", found.pk), {"reason": "x"}).status_code == 403
    empty = owner.post(at("hold", found.pk), {"reason": ""})
    assert empty.status_code == 422 and "Write why" in words(empty)
    assert owner.post(at("hold", found.pk), {"reason": "Complaint 12"}).status_code == 303
    assert "Complaint 12" in words(owner.get(at("keeping")))
    page = words(owner.get(at("recording", found.pk)))
    assert "Held for a legal matter" in page and "Throw it away" not in page
    assert owner.post(at("discard", found.pk), {"reason": "A slip"}).status_code == 422
    assert owner.post(at("end_hold", found.pk), {"reason": "Settled"}).status_code == 303
    assert owner.post(at("discard", found.pk), {"reason": "A slip"}).status_code == 303
    page = words(owner.get(at("recording", found.pk)))
    assert "Proof of deletion" in page and "The words are deleted" in page and "<audio" not in page
    with acting_as(room.office.owner):
        proofs = [queries.proof(row) for row in queries.destroyed(seen_by=room.office.owner)]
    assert {one["what"] for one in proofs} >= {"Sound of a recording", "Words of a recording"}
    assert all(one["fingerprint"] in words(owner.get(at("keeping"))) for one in proofs)
    assert part(owner, found.pk, "bytes=0-")[0].status_code == 409


def test_days_are_decided_on_the_page(room: Room):
    owner = client(room.office.owner)
    wrong = owner.post(at("keeping"), {"sound_days": "0", "words_days": "365"})
    assert wrong.status_code == 422
    assert owner.post(at("keeping"), {"sound_days": "90", "words_days": "2557"}).status_code == 303
    with acting_as(room.office.owner):
        assert queries.policy(seen_by=room.office.owner).sound_days == 90


def test_what_was_sent_and_what_stayed_is_read_and_logged(room: Room):
    pk = room.begun().pk
    actions.register_people(pk, by=room.doctor)
    room.switches_on()
    left = actions.ask(pk, "She has had melasma for two years.", Echo(), by=room.doctor)
    with pytest.raises(actions.OutboundRefused):
        actions.ask(pk, "Her number is 9822044556.", Echo(), by=room.doctor)
    desk = client(room.doctor)
    page = words(desk.get(at("sent_list")))
    assert "Answered" in page and "Stayed here" in page
    page = words(desk.get(at("sent", left.pk)))
    assert "Heard: She has had melasma" in page
    with acting_as(room.doctor):
        stayed = queries.sent_list(seen_by=room.doctor).exclude(reasons=[]).get()
    assert "This did not leave the clinic" in words(desk.get(at("sent", stayed.pk)))
    with acting_as(room.system):
        assert AuditEvent.objects.filter(subject_id=left.pk, purpose__startswith="read what was sent").exists()
    assert client(room.office.nurse).get(at("sent", left.pk)).status_code == 403


@pytest.mark.parametrize("name", ["sent_list", "patient"])
def test_lists_cost_the_same_for_one_row_and_for_many(room: Room, name: str):
    pk = room.begun().pk
    actions.register_people(pk, by=room.doctor)
    room.switches_on()
    desk = client(room.doctor)
    there = at("sent_list") if name == "sent_list" else reverse("patients:tab", args=[room.patient.pk, "recordings"])

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert desk.get(there).status_code == 200
        return len(seen)

    actions.ask(pk, "One.", Echo(), by=room.doctor)
    cost()
    one = cost()
    for number in range(12):
        if name == "sent_list":
            actions.ask(pk, f"Again, {number}.", Echo(), by=room.doctor)
        else:
            actions.discard(room.begun().pk, "A slip", by=room.doctor)
    assert cost() == one


def test_without_consent_the_three_ways_are_offered_and_said_aloud_it_holds(room: Room):
    room.withdraws()
    desk = client(room.doctor)
    card = words(desk.get(reverse("consultations:consultation", args=[room.visit.pk])))
    assert "Say it aloud" in card and "Record this visit" not in card
    ask = at("ask", room.visit.pk)
    signed = desk.post(ask, {"way": "sign"})
    spoken = desk.post(ask, {"way": "say"})
    assert signed["Location"].endswith("/sign") and "/say?back=" in spoken["Location"]
    page = words(desk.get(spoken["Location"]))
    fingerprint = page.partition('name="words" value="')[2][:64]
    sound = SimpleUploadedFile("consent.webm", SPEECH, "audio/webm")
    ticks = [str(number) for number in range(9)]
    ticked = [one for one in ticks if f'value="{one}"' in page]
    sent = {"words": fingerprint, "heard": "on", "sound": sound, "ticked": ticked}
    done = desk.post(spoken["Location"], sent)
    assert done.status_code == 303, words(done)
    assert "Record this visit" in words(desk.get(reverse("consultations:consultation", args=[room.visit.pk])))
    assert client(room.office.nurse).post(ask, {"way": "say"}).status_code == 403


def test_a_withdrawal_reaches_the_console_that_records(room: Room):
    found = room.recording()
    desk = client(room.doctor)
    page = words(desk.get(at("console", found.pk)))
    assert "data-agreed" in page
    for control in ("main", "pause", "finish"):  # its script opens them: no tap before it is there is lost
        assert f"data-rec-{control} disabled" in page
    room.withdraws()
    page = words(desk.get(at("console", found.pk)))
    assert "data-agreed" not in page and "Consent withdrawn" in page
    assert room.again(found).status == "PAUSED"


def test_what_was_used_stands_beside_the_budget_and_engines_are_decided_there(room: Room):
    owner, there = client(room.office.owner), at("usage")
    proposed = owner.get(there).text
    assert 'value="2700"' in proposed and 'value="0.36"' in proposed, "what a month may cost, until it is decided"
    assert "Off: nothing leaves" in words(owner.get(there))
    wish = {"name": "claude", "is_on": "on", "model": "m", "budget": "0", "read_price": "1", "write_price": "2",
            "minute_price": "0"}  # fmt: skip
    refused = owner.post(there, wish)
    assert refused.status_code == 422 and "needs a budget" in words(refused)
    assert owner.post(there, {**wish, "budget": "300"}).status_code == 303
    page = words(owner.get(there))
    assert "Switched on" in page and "budget of a month" in page and page.count('scope="row"') == 12
    assert client(room.doctor).get(there).status_code == 403
