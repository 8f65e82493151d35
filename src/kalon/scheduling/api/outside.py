"""Outside calendars as JSON: whose visits are copied where, and what the provider said last."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema
from pydantic import StringConstraints

from kalon.api import Router
from kalon.kernel.actors import Actor
from kalon.scheduling import actions, queries
from kalon.scheduling.models import OutsideCalendar

router = Router(tags=["outside calendars"])


class LinkIn(Schema):
    staff_id: UUID
    address: Annotated[str, StringConstraints(max_length=200)]


class LinkOut(Schema):
    id: UUID
    staff_id: UUID
    address: str
    trouble: str

    @classmethod
    def of(cls, linked: OutsideCalendar) -> "LinkOut":
        return cls(id=linked.pk, staff_id=linked.staff_id, address=linked.address, trouble=linked.trouble)


@router.get("", response=list[LinkOut], summary="Whose visits are copied where")
def outside_calendars(request: HttpRequest) -> Any:
    return [LinkOut.of(linked) for linked in queries.outside_calendars(seen_by=_by(request))]


@router.post("", response={201: LinkOut}, summary="Copy somebody's visits to their Google calendar")
def link_calendar(request: HttpRequest, body: LinkIn) -> Any:
    """One's own, or with the right to change working hours anybody's; the visits go without a patient's name."""
    return 201, LinkOut.of(actions.link_calendar(body.staff_id, body.address, by=_by(request)))


@router.delete("/{calendar_id}", response={204: None}, summary="Copy no further visits")
def unlink_calendar(request: HttpRequest, calendar_id: UUID) -> Any:
    actions.unlink_calendar(calendar_id, by=_by(request))
    return 204, None


def _by(request: HttpRequest) -> Actor:
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by
