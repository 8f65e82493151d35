"""Counting tries so that no refusal takes a count back, and so that floods stand in line."""

from uuid import UUID

from django.db import connection
from django.db.models import F

from kalon.kernel.actors import Actor
from kalon.kernel.apart import apart
from kalon.kernel.errors import Throttled
from kalon.kernel.tenancy import acting_as
from kalon.patients.lifecycles import RegistrationStatus
from kalon.patients.models import Registration
from kalon.patients.models.access import MOST_ATTEMPTS

SPENT = "Too many wrong codes. Ask for a new one, then type it from the newest message."


def count_attempt(registration_id: UUID, *, by: Actor) -> None:
    """Count a try before it is looked at, whatever becomes of the request; refuse when five were made.

    A refused request is rolled back, and a count with it, so the count is committed on a connection of its own.
    """

    def count() -> tuple[bool, bool]:
        with acting_as(by):
            return _counted(registration_id), Registration.objects.filter(pk=registration_id).exists()

    counted, seen = apart(count)
    if not seen:  # begun in this very unit of work (the demonstration's data), so no other connection sees it yet
        counted = _counted(registration_id)
    waiting = Registration.objects.filter(pk=registration_id, status=RegistrationStatus.PENDING)
    if not counted and waiting.exists():
        raise Throttled(SPENT)


def one_at_a_time(*names: str) -> None:
    """Stand in line with everybody of these names until the end of the transaction, so that counts are exact."""
    with connection.cursor() as cursor:
        for name in sorted(names):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('registration:' || %s, 0))", [name])


def _counted(registration_id: UUID) -> bool:
    rows = Registration.objects.filter(
        pk=registration_id, status=RegistrationStatus.PENDING, attempts__lt=MOST_ATTEMPTS
    )
    return rows.update(attempts=F("attempts") + 1) == 1
