"""Carrying messages out: a mail server that takes, refuses, defers or hangs up, and workers that die half-way."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from kalon.kernel import clock, outbox
from kalon.kernel.errors import IllegalMove, Invalid, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.messaging import actions, queries, tasks
from kalon.messaging.actions import senders
from kalon.messaging.actions.senders import Fate, Finding, Outgoing, Receipt
from kalon.messaging.models import Message
from kalon.messaging.tests.mail_server import Mailbox, mail_server
from kalon.people.tests.factories import Clinic

pytestmark = pytest.mark.django_db
Tell = Callable[..., Message]


@pytest.fixture
def mail(settings: Any) -> Iterator[Mailbox]:
    """E-mail leaves over SMTP, to a server of this test."""
    with mail_server() as box:
        settings.KALON_SENDERS = {"EMAIL": "smtp"}
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", box.port, 5
        settings.EMAIL_USE_TLS = False
        settings.DEFAULT_FROM_EMAIL = "Saanvi Aesthetics <desk@saanvi.example>"
        yield box


@pytest.fixture(autouse=True)
def _quiet(here: Clinic, meera: Any) -> None:
    """The welcome of the patient is out of the way."""
    outbox.run_due()


def status(message: Message, here: Clinic) -> tuple[str, list[str]]:
    with acting_as(here.owner):
        found = Message.objects.get(pk=message.pk)
        return found.status, [event.kind for event in queries.log(found, seen_by=here.owner)]


def due_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")


def test_a_mail_arrives_whole_in_any_script(here: Clinic, tell: Tell, mail: Mailbox) -> None:
    message = tell(language="hi")
    outbox.run_due()
    assert status(message, here) == ("SENT", ["BEGAN", "ACCEPTED"])
    [(recipient, arrived)] = mail.mails
    assert recipient == "meera@example.com"
    assert arrived["To"] == "meera@example.com"
    assert arrived["From"] == "Saanvi Aesthetics <desk@saanvi.example>"
    assert arrived["Subject"].strip() == message.subject  # the first encoded word stands on a line of its own
    assert arrived.get_content().replace("\r\n", "\n").strip() == (message.body or "").strip()
    with acting_as(here.owner):
        assert (
            Message.objects.get(pk=message.pk).provider_id
            == arrived["Message-ID"]
            == f"<{message.pk}.1@saanvi.example>"
        )


def test_a_refused_address_fails_at_once_and_may_be_tried_again_with_a_reason(
    here: Clinic, tell: Tell, mail: Mailbox
) -> None:
    mail.to_recipient = "550 no such mailbox"
    message = tell()
    outbox.run_due()
    assert status(message, here) == ("FAILED", ["BEGAN", "REFUSED"])
    assert outbox.run_due() == 0
    with pytest.raises(Invalid):
        actions.send_again(message.pk, " ", by=here.owner)
    mail.to_recipient = "250 OK"
    actions.send_again(message.pk, "They mended the address.", by=here.owner)
    with pytest.raises(IllegalMove):
        actions.send_again(message.pk, "Twice.", by=here.owner)
    outbox.run_due()
    assert status(message, here) == ("SENT", ["BEGAN", "REFUSED", "BEGAN", "ACCEPTED"])
    assert len(mail.mails) == 1


@pytest.mark.parametrize("answer", ["to_recipient", "to_text"])
def test_not_now_is_tried_again_later_and_given_up_in_the_end(
    here: Clinic, tell: Tell, mail: Mailbox, answer: str
) -> None:
    setattr(mail, answer, "451 come back later")
    message = tell()
    for _ in range(4):
        with pytest.raises(senders.NotNow):
            outbox.run_due()
        assert status(message, here)[0] == "QUEUED"
        due_now()
    outbox.run_due()
    assert status(message, here) == ("FAILED", ["BEGAN", "DEFERRED"] * 5)
    assert mail.mails == []


def test_no_connection_is_tried_again(here: Clinic, tell: Tell, mail: Mailbox, settings: Any) -> None:
    settings.EMAIL_PORT, port = 1, settings.EMAIL_PORT
    message = tell()
    with pytest.raises(senders.NotNow):
        outbox.run_due()
    settings.EMAIL_PORT = port
    due_now()
    outbox.run_due()
    assert status(message, here) == ("SENT", ["BEGAN", "DEFERRED", "BEGAN", "ACCEPTED"])
    assert len(mail.mails) == 1


def test_a_server_that_hangs_up_after_the_text_leaves_it_unknown_and_nothing_is_sent_again(
    here: Clinic, tell: Tell, mail: Mailbox
) -> None:
    mail.hang_up_after_text = True
    message = tell()
    outbox.run_due()
    assert status(message, here) == ("UNKNOWN", ["BEGAN", "LOST", "ASKED"])
    mail.hang_up_after_text = False
    with acting_as(here.system):
        outbox.defer(tasks.find_lost, organization_id=here.organization_id)
        outbox.defer(tasks.deliver, organization_id=here.organization_id, message_id=message.pk)
    outbox.run_due()
    assert status(message, here)[0] == "UNKNOWN"
    assert len(mail.mails) == 1


class Honest:
    """A provider that can be asked what became of a message."""

    name, arrives = "honest", True
    fate = Fate.NOBODY_KNOWS
    taken: list[Outgoing] = []

    def send(self, message: Outgoing) -> Receipt:
        self.taken.append(message)
        return Receipt("honest-1")

    def reconcile(self, message: Outgoing) -> Finding:
        return Finding(Honest.fate)


@pytest.fixture
def honest(settings: Any) -> Iterator[type[Honest]]:
    senders.add("honest", Honest)
    settings.KALON_SENDERS = {"EMAIL": "honest"}
    Honest.taken, Honest.fate = [], Fate.NOBODY_KNOWS
    yield Honest
    del senders._added["honest"]


@pytest.mark.parametrize(
    ("fate", "ends", "sent"),
    [(Fate.TAKEN, "SENT", 0), (Fate.NEVER_TAKEN, "DELIVERED", 1), (Fate.NOBODY_KNOWS, "UNKNOWN", 0)],
)
def test_a_worker_that_died_while_handing_over_is_asked_after_never_repeated_blindly(
    here: Clinic, tell: Tell, honest: type[Honest], fate: Fate, ends: str, sent: int
) -> None:
    message = tell()
    actions.begin_attempt(message.pk, by=here.system)  # and then the worker is gone
    honest.fate = fate
    outbox.run_due()  # the other worker may still be at it
    assert (honest.taken, status(message, here)[0]) == ([], "QUEUED")
    with clock.at(clock.now() + timedelta(seconds=61)):
        assert actions.release_due(by=here.system) == 1
        outbox.run_due()
    assert status(message, here)[0] == ends
    assert len(honest.taken) == sent
    assert status(message, here)[1][:3] == ["BEGAN", "LOST", "ASKED"]


def test_a_message_whose_job_was_lost_gets_another(here: Clinic, tell: Tell, honest: type[Honest]) -> None:
    message = tell()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
    tasks.find_lost(organization_id=here.organization_id)
    assert actions.release_due(by=here.system) == 0
    with clock.at(clock.now() + timedelta(minutes=11)):
        tasks.find_lost(organization_id=here.organization_id)
        assert actions.release_due(by=here.system) == 1
        outbox.run_due()
    assert status(message, here)[0] == "DELIVERED"
    assert len(honest.taken) == 1


def test_two_workers_with_the_same_message_send_it_once(here: Clinic, tell: Tell, honest: type[Honest]) -> None:
    message = tell()
    ids = {"organization_id": here.organization_id, "message_id": message.pk}
    tasks.deliver(**ids)
    tasks.deliver(**ids)
    outbox.run_due()
    assert len(honest.taken) == 1
    assert status(message, here)[0] == "DELIVERED"


def test_a_code_that_expired_on_the_way_is_not_sent(here: Clinic, honest: type[Honest]) -> None:
    now = clock.now()
    message = actions.send(
        "sign-in-code", recipient="a@example.com", data={"code": "482913"}, once="c", secret_until=now, by=here.system
    )
    assert message is not None
    with clock.at(now + timedelta(minutes=1)):
        actions.purge_codes(by=here.system)
        outbox.run_due()
    assert status(message, here) == ("FAILED", ["WITHDRAWN"])
    assert honest.taken == []
    with pytest.raises(NotReady, match="Ask for a new code"):
        actions.send_again(message.pk, "They asked.", by=here.owner)
