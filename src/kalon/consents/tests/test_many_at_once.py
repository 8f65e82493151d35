"""Eight at once, each with a connection of its own: signatures, and a plan that is cancelled while somebody signs."""

from typing import Any

import pytest
from django.db import connection, connections

from kalon.consents import actions, queries
from kalon.consents.actions import Role, Signing, TextDetails
from kalon.consents.models import Signature
from kalon.consents.tests.conftest import LINES
from kalon.consents.tests.planned import Planned, open_planned, read_all
from kalon.consultations.tests.conftest import Visit
from kalon.kernel import clock
from kalon.kernel.errors import Clash, DomainError, IllegalMove, Throttled
from kalon.kernel.tenancy import acting_as
from kalon.messaging.models import Message
from kalon.plans import actions as plans
from kalon.plans.tests.told import approved
from kalon.scheduling.tests.clinic import EIGHT as MORNING

AT_ONCE = 8


@pytest.fixture
def ready(own_database: str, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock(), clock.at(MORNING):
        yield open_planned()
        connection.close()


def hand(consent: Any, role: str = Role.PATIENT) -> Signing:
    return Signing(role, consent.patient.name, LINES, "", 9, consent.content_sha256)


def read_through(ready: Planned, plan: Any | None = None) -> Any:
    """A consent to a plan, opened and read to its end."""
    nurse = ready.office.nurse
    made = ready.asked() if plan is None else Planned(ready.office, ready.visit, plan).asked()
    return read_all(actions.open_to_sign(made.pk, by=nurse), by=nurse)


def deadlocks() -> int:
    """How often the database had to choose a victim since it was made."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        found = int(cursor.fetchone()[0])
    connections["owner"].close()
    return found


def test_eight_hands_under_one_consent_leave_one_signature(ready, at_once):
    consent = read_through(ready)
    answers = at_once(lambda _: actions.sign(consent.pk, hand(consent), by=ready.office.nurse))
    assert [type(one) for one in answers if isinstance(one, DomainError)] == [Clash] * (AT_ONCE - 1)
    with acting_as(ready.office.nurse):
        assert Signature.objects.filter(consent=consent).count() == 1
    doctors = at_once(lambda _: actions.sign(consent.pk, hand(consent, Role.SURGEON), by=ready.office.doctor))
    assert sum(not isinstance(one, DomainError) for one in doctors) == 1
    with acting_as(ready.office.nurse):
        done = queries.consent(consent.pk, seen_by=ready.office.nurse)
        assert done.status == "SIGNED" and queries.seal_holds(done)
    assert ready.status == "CONSENT_SIGNED"


def test_eight_consents_are_signed_at_the_same_moment(ready, at_once):
    visit: Visit = ready.visit
    others = [approved(visit, "SURGICAL", of=ready.plan.consultation_id) for _ in range(AT_ONCE)]
    opened = [read_through(ready, plan) for plan in others]
    answers = at_once(lambda which: actions.sign(opened[which].pk, hand(opened[which]), by=ready.office.nurse))
    assert [one.status for one in answers] == ["PARTIALLY_SIGNED"] * AT_ONCE, answers
    doctor = ready.office.doctor
    done = at_once(lambda which: actions.sign(opened[which].pk, hand(opened[which], Role.SURGEON), by=doctor))
    assert [one.status for one in done] == ["SIGNED"] * AT_ONCE, done
    with acting_as(doctor):
        assert all(queries.seal_holds(queries.consent(one.pk, seen_by=doctor)) for one in opened)
    assert deadlocks() == 0


def test_a_plan_is_cancelled_while_its_consent_is_signed(ready, at_once):
    """Both hold the plan first and its consent after it, so neither waits for the other's end."""
    visit, nurse, doctor = ready.visit, ready.office.nurse, ready.office.doctor
    for _ in range(4):
        pair = [approved(visit, "SURGICAL", of=ready.plan.consultation_id) for _ in range(AT_ONCE // 2)]
        opened = [read_through(ready, plan) for plan in pair]

        def meet(which: int, pair: Any = pair, opened: Any = opened) -> Any:
            at, turn = divmod(which, 2)
            if turn:
                return plans.cancel(pair[at].pk, reason="Moves away", by=doctor)
            return actions.sign(opened[at].pk, hand(opened[at]), by=nurse)

        answers = at_once(meet)
        assert all(isinstance(one, IllegalMove) or one.status for one in answers), answers
        with acting_as(nurse):
            assert {queries.consent(one.pk, seen_by=nurse).status for one in opened} == {"VOIDED"}
    assert deadlocks() == 0


def test_a_form_published_while_patients_sign_changes_nothing_for_them(ready, at_once):
    """One publishes new words in the moment in which the others sign the old ones."""
    visit, office = ready.visit, ready.office
    others = [approved(visit, "SURGICAL", of=ready.plan.consultation_id) for _ in range(AT_ONCE - 1)]
    opened = [read_through(ready, plan) for plan in others]
    draft = actions.begin_version(office.in_use["PROCEDURE"].template_id, by=office.owner)
    actions.write_text(draft.pk, TextDetails("en", "Other words", "# Other\nWords\n[ ] Yes"), by=office.owner)

    def meet(which: int) -> Any:
        if which == AT_ONCE - 1:
            return actions.publish(draft.pk, by=office.owner)
        return actions.sign(opened[which].pk, hand(opened[which]), by=office.nurse)

    *signed, published = at_once(meet)
    assert published.status == "PUBLISHED"
    assert [one.status for one in signed] == ["PARTIALLY_SIGNED"] * (AT_ONCE - 1), signed
    for before in opened:
        done = actions.sign(before.pk, hand(before, Role.SURGEON), by=office.doctor)
        with acting_as(office.nurse):
            assert queries.seal_holds(queries.consent(done.pk, seen_by=office.nurse))
        assert (done.content, done.content["version"]) == (before.content, 1)
    assert deadlocks() == 0


def test_eight_wrong_codes_are_counted_though_each_is_refused(ready, at_once):
    nurse, consent = ready.office.nurse, read_through(ready)
    actions.send_code(consent.pk, by=nurse)
    with acting_as(ready.office.clinic.system):
        mail = Message.objects.select_related("patient").get(template_code="consent-code")
    code = next(word for word in mail.subject.split() if word.isdigit())
    wrong = f"{(int(code) + 1) % 10**6:06d}"

    def attempt(said: str) -> Any:
        hand = Signing(Role.PATIENT, "", None, "", 9, consent.content_sha256, said)
        return actions.sign(consent.pk, hand, by=nurse)

    answers = at_once(lambda _: attempt(wrong))
    assert sorted(type(one).__name__ for one in answers) == ["Invalid"] * 5 + ["Throttled"] * 3, answers
    with pytest.raises(Throttled):
        attempt(code)
    with acting_as(nurse):
        assert not Signature.objects.exists()


def test_eight_who_ask_for_one_plan_ask_once(ready, at_once):
    version = ready.office.in_use["PROCEDURE"].pk
    answers = at_once(lambda _: actions.ask_of_plan(ready.plan.pk, version, by=ready.office.nurse))
    assert [type(one) for one in answers if isinstance(one, DomainError)] == [Clash] * (AT_ONCE - 1), answers
    assert deadlocks() == 0
