"""Visits as calendars know them (RFC 5545): an invitation beside an e-mail, and a feed to subscribe to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vText

PRODUCT = "-//Kalon//Clinic system//EN"
REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


@dataclass(frozen=True, slots=True)
class Entry:
    """One visit in a calendar. `uid` stays however often it is moved; `sequence` grows with each change."""

    uid: str
    sequence: int
    start: datetime
    end: datetime
    zone: ZoneInfo
    summary: str
    stamp: datetime
    location: str = ""
    description: str = ""
    status: str = "CONFIRMED"


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody with an address, as an invitation names them."""

    name: str
    email: str


def day_before(start: datetime, zone: ZoneInfo) -> datetime:
    """The same time of the day before, on the branch's clock: 23 or 25 hours where the clocks change (UTC)."""
    local = start.astimezone(zone)
    return (local - timedelta(days=1)).astimezone(UTC)


def invitation(entry: Entry, method: str, *, organizer: Party, attendee: Party) -> str:
    """The file beside a confirmation (REQUEST) or a cancellation (CANCEL), to be taken into the patient's calendar."""
    calendar = _calendar(method)
    _zones(calendar, [entry])
    event = _event(entry)
    event["organizer"] = _party(organizer)
    person = _party(attendee)
    person.params["ROLE"], person.params["PARTSTAT"], person.params["RSVP"] = "REQ-PARTICIPANT", "ACCEPTED", "FALSE"
    event["attendee"] = person
    calendar.add_component(event)
    return str(calendar.to_ical().decode())


def published(entries: Iterable[Entry], *, organizer: Party) -> str:
    """The file beside one message about several visits: all of them at once, which an invitation cannot hold."""
    entries = list(entries)
    calendar = _calendar(PUBLISH)
    _zones(calendar, entries)
    for entry in entries:
        event = _event(entry)
        event["organizer"] = _party(organizer)
        calendar.add_component(event)
    return str(calendar.to_ical().decode())


def feed(entries: Iterable[Entry], *, name: str) -> str:
    """A calendar to subscribe to; programs fetch it again from time to time."""
    entries = list(entries)
    calendar = _calendar(PUBLISH)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(minutes=30), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", timedelta(minutes=30))
    _zones(calendar, entries)
    for entry in entries:
        calendar.add_component(_event(entry))
    return str(calendar.to_ical().decode())


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.stamp.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.start.astimezone(entry.zone))
    event.add("dtend", entry.end.astimezone(entry.zone))
    event.add("summary", entry.summary)
    event.add("status", entry.status)
    event.add("transp", "TRANSPARENT" if entry.status == "CANCELLED" else "OPAQUE")
    event.add("class", "PRIVATE")
    for name, text in (("location", entry.location), ("description", entry.description)):
        if text:
            event.add(name, text)
    return event


def _party(party: Party) -> vCalAddress:
    address = vCalAddress(f"mailto:{party.email}")
    address.params["CN"] = vText(" ".join(party.name.replace('"', "'").split()))
    return address


def _zones(calendar: Calendar, entries: list[Entry]) -> None:
    for zone in {entry.zone.key: entry.zone for entry in entries}.values():
        starts = [entry.start for entry in entries if entry.zone.key == zone.key]
        calendar.add_component(_zone(zone, min(starts), max(starts)))


def _zone(zone: ZoneInfo, first: datetime, last: datetime) -> Timezone:
    """The rules of a zone around some visits: each change of its clocks there, told in the time before the change."""
    described = Timezone()
    described.add("tzid", zone.key)
    begins = (first - timedelta(days=366)).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for at in (begins, *_changes(zone, begins, last + timedelta(days=366))):
        before, after = (at - timedelta(seconds=1)).astimezone(zone), at.astimezone(zone)
        kind = TimezoneDaylight() if after.dst() else TimezoneStandard()
        offset_before = after.utcoffset() if at == begins else before.utcoffset()
        kind.add("dtstart", (at + (offset_before or timedelta())).replace(tzinfo=None))
        kind.add("tzoffsetfrom", offset_before)
        kind.add("tzoffsetto", after.utcoffset())
        kind.add("tzname", after.tzname())
        described.add_component(kind)
    return described


def _changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """The instants at which the clocks of a zone change between two others (UTC), to the minute."""
    at = first
    while at < last:
        following = min(at + timedelta(days=14), last)
        if at.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            low, high = at, following
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) / 2
                if middle.astimezone(zone).utcoffset() == at.astimezone(zone).utcoffset():
                    low = middle
                else:
                    high = middle
            yield high.replace(second=0, microsecond=0)
        at = following
