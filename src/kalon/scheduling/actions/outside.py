"""Copying visits to calendars outside the clinic, one way and without a patient's name; off until it is set up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.lookup import one
from kalon.kernel.tenancy import acting_as, verb
from kalon.people import queries as people
from kalon.scheduling import queries
from kalon.scheduling.lifecycles import MANAGE, RELEASED, Status
from kalon.scheduling.models import OutsideCalendar, OutsideCopy
from kalon.scheduling.models.outside import LINKED_ONCE

SHOWN = tuple(state for state in Status if state not in (*RELEASED, Status.REQUESTED))


class NotNow(Exception):
    """The provider did not answer, or asks to try later."""


class Refused(Exception):
    """The provider will not take this, in words that say what to change."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A visit as an outside calendar may know it: no name, no reason."""

    key: str
    title: str
    where: str
    note: str
    start: datetime
    end: datetime
    timezone: str


class Calendar(Protocol):
    """The port: anything that can hold entries under a key of ours."""

    def put(self, entry: Entry) -> None: ...

    def remove(self, key: str) -> None: ...


@verb
def link_calendar(staff_id: UUID, address: str, *, by: Actor) -> OutsideCalendar:
    """Copy somebody's visits to their Google calendar from now on."""
    from kalon.scheduling.actions import google

    _may(staff_id, by)
    if not google.is_set_up():
        raise NotReady("The clinic has no service account with Google yet. docs/calendars.md says how to get one.")
    address = address.strip()
    if "@" not in address or len(address) > 200:
        raise Invalid("Type the calendar's address, as Google shows it: it looks like an e-mail.", field="address")
    linked = OutsideCalendar(
        organization_id=by.organization_id, staff=people.staff_member(staff_id, seen_by=by), address=address
    )
    with refusing({LINKED_ONCE: Clash("Their visits are copied already. End that first.", field="address")}):
        linked.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, linked, facts={"linked": True})
    return linked


@verb
def unlink_calendar(pk: UUID, *, by: Actor) -> OutsideCalendar:
    """Copy no further visits; what stands in the outside calendar stays there."""
    rows = OutsideCalendar.objects.select_for_update().filter(organization_id=by.organization_id, is_active=True)
    linked = one(rows.filter(pk=pk))
    if linked is None:
        raise NotFound("There is no such calendar.")
    _may(linked.staff_id, by)
    linked.is_active = False
    linked.save(update_fields=["is_active"])
    audit.note(by, audit.Kind.CHANGE, linked, facts={"unlinked": True})
    return linked


def copy_out(appointment_id: UUID, *, by: Actor) -> None:
    """Bring the outside calendars up to date with one visit: written, moved, or taken out. Safe to repeat.

    Call it outside a unit of work: nothing is locked while the provider is asked.
    """
    from kalon.scheduling.actions.google import GoogleCalendar

    with acting_as(by):
        wanted, entry, stands_in = _state(appointment_id, by)
    if stands_in and stands_in != wanted:
        _tell(stands_in, lambda calendar: calendar.remove(entry.key), GoogleCalendar, by)
        with acting_as(by):
            OutsideCopy.objects.filter(appointment_id=appointment_id).delete()
    if wanted and _tell(wanted, lambda calendar: calendar.put(entry), GoogleCalendar, by):
        with acting_as(by):
            OutsideCopy.objects.update_or_create(
                appointment_id=appointment_id,
                defaults={"organization_id": wanted.organization_id, "calendar": wanted},
            )


def _state(appointment_id: UUID, by: Actor) -> tuple[OutsideCalendar | None, Entry, OutsideCalendar | None]:
    """Where a visit belongs now, how it looks there, and where it stands."""
    visit = queries.appointment(appointment_id, seen_by=by)
    wanted = None
    if visit.status in SHOWN and visit.doctor_id:
        wanted = OutsideCalendar.objects.filter(staff_id=visit.doctor_id, is_active=True).first()
    copy = OutsideCopy.objects.filter(appointment_id=appointment_id).select_related("calendar").first()
    entry = Entry(
        key=visit.pk.hex,
        title=visit.get_kind_display(),
        where=", ".join(name for name in (visit.branch.name, visit.room.name if visit.room else "") if name),
        note=f"Visit {visit.number}",
        start=visit.local_start,
        end=visit.local_end,
        timezone=visit.branch.timezone,
    )
    return wanted, entry, copy.calendar if copy else None


def _tell(
    linked: OutsideCalendar, say: Callable[[Calendar], None], opened: Callable[[str], Calendar], by: Actor
) -> bool:
    """Ask the provider; a refusal is kept as the calendar's trouble, where its owner reads it."""
    trouble = ""
    try:
        say(opened(linked.address))
    except Refused as refusal:
        trouble = str(refusal)[:200]
    if trouble != linked.trouble:
        with acting_as(by):
            OutsideCalendar.objects.filter(pk=linked.pk).update(trouble=trouble)
    return not trouble


def _may(staff_id: UUID, by: Actor) -> None:
    """One's own calendar, or whoever manages the schedules."""
    me = people.staff_of(by)
    if me is not None and me.pk == staff_id:
        return
    if not by.may(MANAGE):
        raise NotPermitted("You can link your own calendar. Whoever manages the schedules links those of others.")
