"""A session is cancelled, or its visit, in the moment in which its consent is signed: nobody waits in a circle."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from kalon.catalog.models import Procedure
from kalon.consents import actions
from kalon.consents.models import Consent
from kalon.consents.tests.conftest import office_in
from kalon.consents.tests.planned import read_all
from kalon.consents.tests.test_many_at_once import deadlocks, hand
from kalon.consents.tests.test_sessions import asked, form_for
from kalon.consultations.tests.conftest import booked_visit
from kalon.kernel import clock
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions as plans
from kalon.plans.models import ProcedureSession
from kalon.plans.tests.told import book, session, spaced
from kalon.quotes import actions as quotes
from kalon.scheduling import actions as scheduling
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY

SESSIONS = 8
DAYS = (1, 2, 3, 6, 7, 8, 9, 10)  # after the Tuesday: no weekend
# Each question answers with the rows that should not be there.
WRONG = {
    "a live consent to a session that is over": """SELECT c.id FROM consents_consent c
        JOIN plans_proceduresession s ON s.id = c.session_id
        WHERE s.status = 'CANCELLED' AND c.status IN ('DRAFT', 'PRESENTED', 'PARTIALLY_SIGNED')""",
    "a session that is booked without its visit": """SELECT s.id FROM plans_proceduresession s
        JOIN scheduling_appointment v ON v.id = s.appointment_id
        WHERE s.status IN ('SCHEDULED', 'CONSENT_PENDING', 'READY') AND v.status = 'CANCELLED'""",
    "ready without a signature": """SELECT s.id FROM plans_proceduresession s WHERE s.status = 'READY'
        AND NOT EXISTS (SELECT FROM consents_consent c WHERE c.session_id = s.id AND c.status = 'SIGNED')""",
}


@pytest.fixture
def visit(own_database: str, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock(), clock.at(EIGHT):
        found = booked_visit()
        asks_nothing = quotes.PolicyDetails(asked_for=[], deposit_percent=Decimal(0))
        quotes.set_policy(asks_nothing, by=found.clinic.system)
        yield found
        connection.close()


@pytest.mark.parametrize("last_signature", [False, True])
def test_sessions_are_cancelled_while_their_consents_are_signed(
    visit: Any, at_once: Callable[..., list[Any]], last_signature: bool
) -> None:
    """Both hold the plan first, then the consent, then the session; four sessions of one plan, two hands on each."""
    office = office_in(visit.clinic, visit.nurse)
    series = spaced(visit, days=1, session_count=SESSIONS)
    with acting_as(visit.clinic.system):
        form_for(office, Procedure.objects.get(code="PRP"))
    opened, booked, answers = {}, {}, []
    for number, day in enumerate(DAYS, start=1):
        prompt = session(visit, series, number).prompt
        booked[number] = book(visit, prompt, day=TUESDAY + timedelta(days=day), kind="SESSION")
        paper = asked(office, session(visit, series, number).row)
        opened[number] = read_all(actions.open_to_sign(paper.pk, by=visit.nurse), by=visit.nurse)
        if last_signature and "SURGEON" in paper.signers:
            actions.sign(paper.pk, hand(opened[number], "SURGEON"), by=office.doctor)

    def meet(which: int, start: int = 1) -> Any:
        number, turn = start + which // 2, which % 2
        if turn == 0:
            return actions.sign(opened[number].pk, hand(opened[number]), by=visit.nurse)
        if number % 2:
            return plans.cancel_session(session(visit, series, number).row.pk, reason="Moves away", by=visit.doctor)
        return scheduling.cancel(booked[number].pk, "Ill", by=visit.desk)

    for start in (1, 5):
        answers += at_once(lambda which, start=start: meet(which, start))
    assert len(answers) == 2 * SESSIONS and all(isinstance(one, DomainError) or one.status for one in answers), answers
    assert deadlocks() == 0
    with acting_as(visit.clinic.system):
        with connection.cursor() as cursor:
            for said, question in WRONG.items():
                cursor.execute(question)
                assert not cursor.fetchall(), said
        states = dict(ProcedureSession.objects.filter(plan=series).values_list("number", "status"))
        papers = set(Consent.objects.filter(plan=series).values_list("status", flat=True))
    assert all(states[number] == "CANCELLED" for number in range(1, SESSIONS + 1, 2)), states
    assert papers <= {"SIGNED", "PARTIALLY_SIGNED", "PRESENTED", "VOIDED", "REVOKED"}
