"""Surgeons' own hours of the theatres: which there are, and which stand in the way."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch, QuerySet

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.theatre.lifecycles import VIEW
from kalon.theatre.models import Block, BlockRelease


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a surgeon on one day, and whether they are free for everybody by now."""

    block: Block
    day: date
    is_released: bool

    @property
    def at(self) -> int:
        return self.block.starts_minute

    @property
    def long(self) -> int:
        return self.block.ends_minute - self.block.starts_minute


def blocks(*, seen_by: Actor) -> "QuerySet[Block]":
    """The blocks that hold, by day and hour."""
    seen_by.must(VIEW, do="see the theatre's calendar")
    rows = Block.objects.filter(organization_id=seen_by.organization_id, ended_at=None)
    given = BlockRelease.objects.select_related("released_by").order_by("on_date")
    return rows.select_related("room__branch", "surgeon", "written_by").prefetch_related(Prefetch("releases", given))


def block(pk: UUID, *, seen_by: Actor) -> Block:
    """One that holds, or a refusal that says nothing of whether it ever did."""
    found = blocks(seen_by=seen_by).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such block, or it has ended.")
    return found


def hours_of(branch: Any, first: date, last: date, *, seen_by: Actor) -> list[Hours]:
    """What is kept for whom at a branch on each day between two."""
    today = clock.today(branch.timezone)
    days = [first + timedelta(days=more) for more in range((last - first).days + 1)]
    rows = list(blocks(seen_by=seen_by).filter(room__branch=branch))
    return [Hours(one, day, _is_released(one, day, today)) for one in rows for day in days if one.holds_on(day)]


def in_the_way(room_id: UUID, surgeon_id: UUID | None, start: datetime, end: datetime, *, seen_by: Actor) -> Any:
    """The block of another surgeon that keeps these hours, as the database sees it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT theatre_blocked(%s, %s, %s, %s)", [room_id, surgeon_id, start, end])
        (found,) = cursor.fetchone() or (None,)
    return block(found, seen_by=seen_by) if found else None


def _is_released(one: Block, day: date, today: date) -> bool:
    if one.release_days is not None and today >= day - timedelta(days=one.release_days):
        return True
    return any(gone.on_date == day for gone in one.releases.all())
