"""How a patient wishes to be reached: what they say, what the desk says, and what is done about it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.kernel import actors, clock, outbox
from kalon.kernel.errors import Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.messaging import actions, queries
from kalon.messaging.lifecycles import MESSAGE
from kalon.messaging.models import Message, Preference
from kalon.messaging.rules.timing import Quiet, loud_from
from kalon.messaging.tests.conftest import VISIT, as_patient
from kalon.messaging.tests.test_fronts import as_
from kalon.messaging.tests.test_sending import sql
from kalon.patients.models import Patient
from kalon.patients.tests.factories import patient
from kalon.people.tests.factories import Clinic

pytestmark = pytest.mark.django_db
Tell = Callable[..., Message]
INDIA, BERLIN = ZoneInfo("Asia/Kolkata"), ZoneInfo("Europe/Berlin")


def at(zone: ZoneInfo, text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


# -- quiet hours


@pytest.mark.parametrize(
    ("zone", "now", "quiet", "expected"),
    [
        (INDIA, "2026-11-24T20:59", Quiet(), "2026-11-24T20:59"),
        (INDIA, "2026-11-24T21:00", Quiet(), "2026-11-25T08:00"),
        (INDIA, "2026-11-25T03:00", Quiet(), "2026-11-25T08:00"),
        (INDIA, "2026-11-25T08:00", Quiet(), "2026-11-25T08:00"),
        (INDIA, "2026-11-25T13:30", Quiet(time(13), time(14)), "2026-11-25T14:00"),
        (INDIA, "2026-11-25T13:30", Quiet(time(9), time(9)), "2026-11-25T13:30"),
        (BERLIN, "2026-03-28T23:00", Quiet(), "2026-03-29T08:00"),  # a night of eight hours less one
        (BERLIN, "2026-10-24T23:00", Quiet(), "2026-10-25T08:00"),  # and of one more
        (BERLIN, "2026-03-29T01:30", Quiet(time(21), time(2, 30)), "2026-03-29T03:30"),  # 02:30 does not exist
        (BERLIN, "2028-02-28T22:00", Quiet(), "2028-02-29T08:00"),
    ],
)
def test_the_end_of_the_quiet_hours(zone: ZoneInfo, now: str, quiet: Quiet, expected: str) -> None:
    assert loud_from(at(zone, now), zone, quiet) == at(zone, expected)


def test_the_second_of_two_equal_hours_has_its_own_end() -> None:
    quiet = Quiet(time(21), time(2, 30))
    assert loud_from(at(BERLIN, "2026-10-25T02:10", fold=1), BERLIN, quiet) == at(BERLIN, "2026-10-25T02:30", fold=1)


def test_what_a_patient_just_did_is_answered_at_night_and_other_news_waits(
    here: Clinic, tell: Tell, meera: Patient
) -> None:
    outbox.run_due()
    night = at(INDIA, "2026-11-24T22:00")
    with clock.at(night):
        prompt = tell(branch=here.branch)
        waits = tell(code="appointment-cancelled", branch=here.branch)
        own = tell(code="appointment-cancelled", branch=here.branch, by=as_patient(meera))
        urgent = tell(code="appointment-cancelled", branch=here.branch, until=night + timedelta(hours=9))
        late = {"data": VISIT, "branch": here.branch, "until": night + timedelta(hours=9), "by": here.system}
        assert actions.send("appointment-reminder", to_patient=meera.pk, once="too late", **late) is None
        outbox.run_due()
    dues = [message.due_at for message in (prompt, waits, own, urgent)]
    assert dues == [night, at(INDIA, "2026-11-25T08:00"), night, night]
    with clock.at(at(INDIA, "2026-11-25T07:59")):
        assert actions.release_due(by=here.system) == 0
    with clock.at(at(INDIA, "2026-11-25T08:00")):
        assert [actions.release_due(by=here.system), actions.release_due(by=here.system)] == [1, 0]
        outbox.run_due()
    with acting_as(here.system):
        assert Message.objects.get(pk=waits.pk).status == "DELIVERED"


def test_a_branch_has_its_own_hours(here: Clinic) -> None:
    actions.change_quiet_hours(here.branch.pk, starts_at=time(20), ends_at=time(9), by=here.owner)
    with acting_as(here.system):
        assert queries.quiet(here.branch.pk, seen_by=here.system) == Quiet(time(20), time(9))
    with pytest.raises(NotPermitted):
        actions.change_quiet_hours(here.branch.pk, starts_at=time(1), ends_at=time(2), by=here.frontdesk)


# -- wishes


def test_the_order_of_the_patient_is_followed_and_the_usual_ways_come_last(
    here: Clinic, tell: Tell, meera: Patient
) -> None:
    assert tell().channel == "EMAIL"
    with acting_as(here.system):
        assert queries.preference(meera.pk, seen_by=here.system).declined == ["MARKETING"]  # only who asks gets news
    actions.change_preference(meera.pk, channels=["WHATSAPP", "SMS"], language="hi", by=as_patient(meera))
    message = tell()
    assert (message.channel, message.language) == ("WHATSAPP", "hi")
    mute = patient(here.frontdesk, phone="", email="x@example.com")
    actions.change_preference(mute.pk, channels=["WHATSAPP"], by=here.frontdesk)
    assert tell(to_patient=mute).channel == "EMAIL"


def test_reminders_and_news_may_be_declined_and_nothing_else(here: Clinic, meera: Patient) -> None:
    actions.change_preference(meera.pk, channels=["EMAIL"], declined=["REMINDER", "MARKETING"], by=as_patient(meera))
    wish = {"to_patient": meera.pk, "data": VISIT, "by": here.system}
    assert actions.send("appointment-reminder", once="r", **wish) is None
    assert actions.send("appointment-cancelled", once="c", **wish) is not None
    for declined in (["CODE"], ["LEGAL"], ["NOTICE"]):
        with pytest.raises(Invalid):
            actions.change_preference(meera.pk, channels=["EMAIL"], declined=declined, by=as_patient(meera))
    refused = sql("UPDATE messaging_preference SET declined = '{CODE}'", by=here.system)
    assert refused == "messaging_preference_declinable"


@pytest.mark.parametrize(
    "wish", [{"channels": ["PIGEON"]}, {"channels": ["SMS", "SMS"]}, {"channels": [], "language": "xx"}]
)
def test_a_wish_that_cannot_be_met_is_refused(here: Clinic, meera: Patient, wish: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        actions.change_preference(meera.pk, **wish, by=as_patient(meera))


def test_whoever_has_no_right_changes_no_wish(here: Clinic, elsewhere: Clinic, meera: Patient) -> None:
    other = patient(here.frontdesk)
    for by, error in ((here.inventory, NotPermitted), (actors.public(here.organization_id), NotPermitted),
                      (as_patient(other), NotFound), (elsewhere.frontdesk, NotFound)):  # fmt: skip
        with pytest.raises(error):
            actions.change_preference(meera.pk, channels=["SMS"], by=by)
    for by in (here.frontdesk, as_patient(meera)):
        with pytest.raises(NotPermitted):
            actions.stop(meera.pk, "SMS", by=by)
        with pytest.raises(NotPermitted):
            actions.receive("x", "y", channel="SMS", sender="+1", text="", written_at=clock.now(), by=by)
    with acting_as(here.system):
        assert not Preference.objects.exists()
    actions.change_preference(meera.pk, channels=["SMS"], by=as_patient(meera))
    assert sql("SELECT FROM messaging_preference", by=as_patient(other)) == "nothing touched"
    for table in ("messaging_answer", "messaging_quiethours"):
        assert "permission denied" in sql(f"UPDATE {table} SET id = id", by=as_patient(meera))
    assert "permission denied" in sql("SELECT FROM messaging_providerevent", by=as_patient(meera))


# -- pages


def portal(here: Clinic, meera: Patient) -> Client:
    """Meera's browser, signed in."""
    from kalon.patients.models import PatientAccess
    from kalon.people import actions as people

    with acting_as(here.system):
        user = people.create_patient_user(
            email="m@example.com", phone=None, password=None, name="Meera", by=here.system
        )
        PatientAccess.objects.create(organization_id=here.organization_id, patient=meera, user=user, relation="SELF")
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


WISHES = {"first": "WHATSAPP", "also": ["SMS"], "language": "hi", "reminders": "on"}


def test_the_patient_says_it_on_their_own_page(here: Clinic, meera: Patient) -> None:
    client = portal(here, meera)
    assert "Write to me first by" in client.get("/my/messages").content.decode()
    assert client.post("/my/messages", WISHES).status_code == 303
    with acting_as(here.system):
        wish = queries.preference(meera.pk, seen_by=here.system)
    assert (wish.channels, wish.language, wish.declined) == (["WHATSAPP", "SMS"], "hi", ["MARKETING"])
    assert client.post("/my/messages", {**WISHES, "first": "PIGEON"}).status_code == 422
    for body in ("", "[]", "null", '{"endpoint": 7}', '{"endpoint": "https://evil.example/x", "keys": {}}'):
        answer = client.post("/my/messages/devices", body, "application/json")
        assert answer.status_code == 422, body
        assert "detail" in json.loads(answer.content)
    assert as_(here, "frontdesk").get("/my/messages").status_code == 403


def test_the_desk_says_it_for_them_and_reads_what_they_wrote(here: Clinic, meera: Patient) -> None:
    actions.receive(
        "meta",
        "w",
        channel="WHATSAPP",
        sender="+919800000001",
        text="سأتأخر قليلا",
        written_at=clock.now(),
        by=here.system,
    )
    desk, page = as_(here, "frontdesk"), f"/messages/to/{meera.pk}"
    assert desk.post(page, WISHES).status_code == 303
    assert "Reached by WhatsApp, SMS, E-mail" in desk.get(f"/patients/{meera.pk}").content.decode()
    actions.stop(meera.pk, "SMS", by=here.system)
    assert "They wrote STOP by SMS" in desk.get(page).content.decode()
    assert desk.post(page, {**WISHES, "again": "on"}).status_code == 303
    with acting_as(here.system):
        assert queries.preference(meera.pk, seen_by=here.system).stopped == []
    assert "سأتأخر قليلا" in desk.get("/messages/answers").content.decode()
    assert as_(here, "inventory").get("/messages/answers").status_code == 403
    assert as_(here, "inventory").get(page).status_code == 403


def test_channels_are_shown_tried_and_kept_quiet(here: Clinic, settings: Any) -> None:
    settings.KALON_SENDERS = {"SMS": "twilio", "EMAIL": "embedded", "WHATSAPP": "pigeon"}
    owner = as_(here, "owner")
    page = owner.get("/messages/channels").content.decode()
    assert "KALON_TWILIO_ACCOUNT" in page and "KALON_WHATSAPP" in page
    tried = owner.post("/messages/channels", {"channel": "EMAIL", "recipient": "a@example.com"})
    assert tried.status_code == 303
    assert "this is a test" in owner.get(tried["Location"]).content.decode().lower()
    for wrong in ({"channel": "EMAIL", "recipient": "x"}, {"channel": "SMS", "recipient": "abc"}, {"recipient": "x"}):
        assert owner.post("/messages/channels", wrong).status_code == 422
    assert owner.post("/messages/channels", {"make_key": "1"}).status_code == 303
    quiet = f"/messages/channels/quiet/{here.branch.pk}"
    assert owner.post(quiet, {"starts_at": "20:00", "ends_at": "09:00"}).status_code == 303
    assert "20:00 – 09:00" in owner.get("/messages/channels").content.decode()
    assert as_(here, "frontdesk").get("/messages/channels").status_code == 403


def test_a_message_nobody_knows_of_says_what_to_do(here: Clinic, tell: Tell) -> None:
    message, owner = tell(), as_(here, "owner")
    with acting_as(here.system):
        MESSAGE.move(message, "lose_sight", by=here.system)
    path = f"/messages/{message.pk}"
    assert "Ask the patient" in owner.get(path).content.decode()
    assert owner.post(path, {"reason": "She has nothing.", "move": "give_up_looking"}).status_code == 303
    assert "Send it again" in owner.get(path).content.decode()
    assert message.channel in owner.get("/messages?channel=EMAIL&status=FAILED").content.decode().upper()
    assert "No message matches" in owner.get("/messages?channel=PUSH").content.decode()


def test_one_answer_or_thirty_cost_the_same_number_of_queries(here: Clinic, meera: Patient) -> None:
    owner, count = as_(here, "owner"), iter(range(100))

    def write() -> None:
        key = f"w{next(count)}"
        actions.receive(
            "meta", key, channel="SMS", sender="+919800000001", text="Hello", written_at=clock.now(), by=here.system
        )

    write()
    for path in ("/messages/answers", f"/messages/to/{meera.pk}"):
        owner.get(path)
    few = [_queries(owner, path) for path in ("/messages/answers", f"/messages/to/{meera.pk}")]
    for _ in range(30):
        write()
    assert [_queries(owner, path) for path in ("/messages/answers", f"/messages/to/{meera.pk}")] == few


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)
