"""The inbox of the demonstration, the staff log, the wordings, and JSON, over HTTP."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.kernel import events, outbox
from kalon.kernel.audit import AuditEvent
from kalon.kernel.tenancy import acting_as
from kalon.messaging.models import Message
from kalon.patients.models import Patient
from kalon.people.events import SignInCodeRequested
from kalon.people.tests.factories import Clinic

pytestmark = pytest.mark.django_db
Tell = Callable[..., Message]
MAIL, SMS = "/messages/wordings/appointment-confirmed/EMAIL/en", "/messages/wordings/sign-in-code/SMS/en"


def as_(here: Clinic, role: str) -> Client:
    client = Client()
    client.force_login(here.users[role], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def a_code(here: Clinic) -> Message:
    events.announce(SignInCodeRequested("meera@example.com", "482913", uuid4(), here.organization_id))
    with acting_as(here.system):
        return Message.objects.get(template_code="sign-in-code")


@pytest.mark.parametrize(("path", "desk"), [("/messages", 200), ("/messages/wordings", 403), (MAIL, 403), (SMS, 403)])
def test_who_opens_which_page(here: Clinic, path: str, desk: int) -> None:
    assert as_(here, "owner").get(path).status_code == 200
    assert as_(here, "frontdesk").get(path).status_code == desk
    assert as_(here, "inventory").get(path).status_code == 403
    assert Client().get(path).status_code in (302, 303, 401, 403)


def test_a_visitor_reads_their_code_in_the_demonstration_and_nowhere_else(
    here: Clinic, tell: Tell, settings: Any
) -> None:
    a_code(here)
    tell()
    page = Client().get("/inbox")
    assert page.status_code == 200
    assert "482913" in page.content.decode()
    assert "Your visit on" in page.content.decode()
    assert "482913" in Client().get("/inbox?to=MEERA@").content.decode()
    assert "482913" not in Client().get("/inbox?to=nobody").content.decode()
    settings.KALON_DEMO = False
    assert Client().get("/inbox").status_code == 404
    assert as_(here, "owner").get("/inbox").status_code == 404


def test_staff_never_read_a_code_and_every_look_is_written_down(here: Clinic, tell: Tell) -> None:
    code, visit, owner = a_code(here), tell(), as_(here, "owner")
    assert "482913" not in owner.get(f"/messages/{code.pk}").content.decode()
    shown = owner.get(f"/api/messages/{code.pk}").json()
    assert (shown["body"], shown["subject"]) == (None, None)
    assert "your visit is confirmed" in owner.get(f"/messages/{visit.pk}").content.decode()
    owner.get("/messages")
    with acting_as(here.system):
        reads = AuditEvent.objects.filter(kind="READ", subject_id=visit.pk).values_list("purpose", flat=True)
        assert sorted(reads) == ["message log", "opened a message"]


def test_the_log_is_narrowed_by_state_kind_and_patient(here: Clinic, tell: Tell, meera: Patient) -> None:
    a_code(here)
    tell()
    owner = as_(here, "owner")
    assert "Code to sign in" in _table(owner, "")
    assert "Code to sign in" not in _table(owner, f"patient={meera.pk}")
    assert "Code to sign in" not in _table(owner, "code=appointment-confirmed")
    assert "No message matches" in owner.get("/messages?status=FAILED").content.decode()
    assert owner.get("/messages?status=NONSENSE&patient=x").status_code == 200


def _table(client: Client, query: str) -> str:
    return client.get(f"/messages?{query}").content.decode().split("<tbody>")[1]


def test_a_failed_message_is_sent_again_from_its_page(here: Clinic, tell: Tell) -> None:
    from kalon.messaging.lifecycles import MESSAGE

    message, owner = tell(), as_(here, "owner")
    with acting_as(here.system):
        MESSAGE.move(message, "fail", by=here.system)
    path = f"/messages/{message.pk}"
    assert "Send it again" in owner.get(path).content.decode()
    assert owner.post(path, {"reason": ""}).status_code == 422
    assert owner.post(path, {"reason": "The address is mended."}).status_code == 303
    outbox.run_due()
    assert "Delivered" in owner.get(path).content.decode()


def test_a_wording_is_changed_previewed_and_taken_back(here: Clinic) -> None:
    owner = as_(here, "owner")
    words = {"subject": "See you {{ day }}", "body": "Dear {{ name }},\r\nsee you."}
    seen = owner.post(MAIL, {**words, "preview": "1"}).content.decode()
    assert "See you Tuesday 24 November 2026" in seen
    assert "Dear Meera," in seen
    assert owner.post(MAIL, {**words, "body": "{{ nmae }}"}).status_code == 422
    assert owner.post(MAIL, words).status_code == 303
    assert "See you {{ day }}" in owner.get(MAIL).content.decode()
    assert owner.post(MAIL, {**words, "reset": "1"}).status_code == 303
    assert "See you {{ day }}" not in owner.get(MAIL).content.decode()
    assert owner.get("/messages/wordings/nothing/EMAIL/en").status_code == 404


@pytest.mark.parametrize("path", ["/messages", "/api/messages", "/inbox"])
def test_one_row_or_thirty_cost_the_same_number_of_queries(here: Clinic, tell: Tell, path: str) -> None:
    owner = as_(here, "owner")
    tell()
    owner.get(path)
    few = _queries(owner, path)
    for _ in range(30):
        tell()
    assert _queries(owner, path) == few


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def test_json_lists_shows_and_sends_again(here: Clinic, elsewhere: Clinic, tell: Tell, meera: Patient) -> None:
    message, desk, owner = tell(), as_(here, "frontdesk"), as_(here, "owner")
    outbox.run_due()
    listed = desk.get(f"/api/messages?patient_id={meera.pk}&limit=1").json()
    assert [row["id"] for row in listed["items"]] == [str(message.pk)]
    assert listed["next"]
    shown = desk.get(f"/api/messages/{message.pk}").json()
    assert [event["kind"] for event in shown["log"]] == ["BEGAN", "ACCEPTED", "DELIVERED"]
    again = f"/api/messages/{message.pk}/send-again"
    assert owner.post(again, {"reason": "x"}, content_type="application/json").status_code == 409
    assert as_(elsewhere, "owner").get(f"/api/messages/{message.pk}").status_code == 404
    assert as_(here, "inventory").get("/api/messages").status_code == 403
    assert Client().get("/api/messages").status_code == 401


def test_the_patients_page_shows_the_last_messages(here: Clinic, tell: Tell, meera: Patient) -> None:
    tell()
    assert "A visit is confirmed" in as_(here, "frontdesk").get(f"/patients/{meera.pk}").content.decode()
