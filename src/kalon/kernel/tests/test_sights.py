"""A screen that refreshes by itself: who was on it is logged once a quarter of an hour, a first sight always."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor, Kind
from kalon.kernel.audit import AuditEvent
from kalon.kernel.ids import uuid7
from kalon.kernel.tenancy import acting_as
from kalon.kernel.tests.test_audit import DOCTOR, ORG, Subject

CLOCK = Actor(Kind.SYSTEM, "the clinic's clock", ORG)
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("db")


def test_a_sight_is_logged_once_per_person_screen_place_and_quarter_of_an_hour() -> None:
    subject, other = Subject(), Subject()
    elsewhere = replace(DOCTOR, origin_ip="10.0.0.8")
    nurse = replace(DOCTOR, user_id=uuid7())

    def looked(by: Actor, *subjects: Subject, screen: str = "queue", minutes: int = 0) -> int:
        with clock.at(NOON + timedelta(minutes=minutes)), acting_as(by):
            before = AuditEvent.objects.count()
            audit.sights(by, subjects, screen=screen)
            return AuditEvent.objects.count() - before

    assert looked(DOCTOR, subject) == 1
    assert looked(DOCTOR, subject, minutes=14) == 0
    assert looked(DOCTOR, subject, other, minutes=14) == 1, "whoever is new on the screen is logged"
    assert looked(DOCTOR, subject, other, minutes=16) == 1, "and whoever was logged a quarter of an hour ago"
    assert looked(DOCTOR, subject, screen="day view", minutes=16) == 1
    assert looked(elsewhere, subject, minutes=16) == 1
    assert looked(nurse, subject, minutes=16) == 1
    assert looked(CLOCK, subject, minutes=16) == looked(CLOCK, subject, minutes=16) == 1, "nobody in particular"


def test_a_sight_is_one_statement_and_stands_for_no_deliberate_read(django_assert_num_queries: Any) -> None:
    subjects = [Subject() for _ in range(30)]
    with acting_as(DOCTOR):
        audit.reads(DOCTOR, subjects, purpose="queue")
        with django_assert_num_queries(1):
            audit.sights(DOCTOR, subjects, screen="queue")
        with django_assert_num_queries(0):
            audit.sights(DOCTOR, [], screen="queue")
        assert AuditEvent.objects.count() == 60, "a read of a list does not say that it stands for others"
        audit.reads(DOCTOR, subjects, purpose="queue")
        assert AuditEvent.objects.count() == 90


def test_what_was_rolled_back_was_not_seen() -> None:
    subject = Subject()
    with acting_as(DOCTOR):
        with pytest.raises(RuntimeError), transaction.atomic():
            audit.sights(DOCTOR, [subject], screen="queue")
            raise RuntimeError
        audit.sights(DOCTOR, [subject], screen="queue")
        assert AuditEvent.objects.count() == 1
