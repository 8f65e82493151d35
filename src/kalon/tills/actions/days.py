"""Closing a branch's day, and opening it again for a named correction."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotFound
from kalon.kernel.lookup import one
from kalon.kernel.money import ZERO, exact
from kalon.kernel.numbers import next_number
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.tills import queries
from kalon.tills.lifecycles import CLOSE, DAY_CLOSE
from kalon.tills.models import DayClose


@verb
def close_day(branch_id: UUID, day: date, counted: Mapping[str, Decimal], note: str = "", *, by: Actor) -> DayClose:
    """Close a day of a branch: `counted` is what the card terminal, the UPI app and the bank say, by method.

    A method that is not counted is not compared; one that differs needs a note. Cash is what its drawers say.
    """
    branch = people.branch(branch_id, seen_by=by)
    by.must(CLOSE, at=branch.pk, do="close the day")
    _alone(branch.pk, day)
    before = queries.day(branch, day, seen_by=by)
    said = {method: _amount(method, amount) for method, amount in counted.items()}
    differs = [row.label for row in before.tenders if row.method in said and said[row.method] != row.net]
    if differs and not note.strip():
        raise Invalid(f"Write why {' and '.join(differs)} differ from what was taken.", field="note")
    close = DayClose(
        organization_id=by.organization_id,
        branch=branch,
        day=day,
        number=next_number("dayclose", branch_id=branch.pk),
        currency=people.organization(seen_by=by).currency,
        counted={method: str(amount) for method, amount in said.items()},
        unsettled=before.unsettled.as_counts(),
        note=note.strip()[:500],
        closed_at=clock.now(),
        closed_by_id=by.user_id,
        closed_by_name=by.name[:120],
    )
    with refusing({"tills_dayclose_once": Clash("This day is closed already.")}):
        DAY_CLOSE.born(close, name="close")
    close.refresh_from_db(fields=["received", "paid_back"])
    return close


@verb
def reopen_day(close_id: UUID, reason: str, *, by: Actor) -> DayClose:
    """Open a closed day again for a correction, with the reason; it is closed again by a new close."""
    close = one(queries.closes(seen_by=by).select_for_update(of=("self",)).filter(pk=close_id))
    if close is None:
        raise NotFound("There is no such closed day.")
    by.must(DAY_CLOSE["reopen"].permission, at=close.branch_id, do="reopen a day")
    DAY_CLOSE.move(close, "reopen", by=by, reason=reason)
    return close


def _alone(branch_id: UUID, day: date) -> None:
    """Wait for money that is being taken on this day, and let none begin until the day is closed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('tills.day ' || %s::uuid || %s::date, 0))", [branch_id, day]
        )


def _amount(method: str, amount: Decimal) -> Decimal:
    if method not in queries.COUNTED_BY_HAND:
        raise Invalid("Only what a terminal, an app or a bank counts is written here.", field=method)
    if not amount.is_finite() or amount != exact(amount) or abs(amount) > Decimal("99999999.99"):
        raise Invalid("Write an amount with at most two places after the point.", field=method)
    return exact(amount) + ZERO
