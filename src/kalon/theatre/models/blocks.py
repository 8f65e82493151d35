"""A surgeon's own hours of a theatre: kept every week or on one day, until they are released."""

# ruff: noqa: S608  (these strings are the rules themselves; nothing in them comes from outside)

from datetime import date
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger, TriggerOn, append_only
from kalon.theatre.models.guards import REFUSED, said_by_who_acts

TABLE, RELEASE = "theatre_block", "theatre_blockrelease"
DAY = 24 * 60
WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_ENDS = ", ".join(f"'{name}'" for name in ("ended_at", "ended_by_id"))


def _stays() -> Trigger:
    """A block stays what it is; it ends once."""
    body = f"""
    IF to_jsonb(NEW) - ARRAY[{_ENDS}] = to_jsonb(OLD) - ARRAY[{_ENDS}] AND OLD.ended_at IS NULL THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a block stays what it is; end it and write another' {REFUSED} = '{TABLE}_stays';"""
    return Trigger(name=f"{TABLE}_stays", events="BEFORE UPDATE", body=body)


def _alone() -> Trigger:
    """No two surgeons have the same hours of a theatre; two windows take turns."""
    body = f"""
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.room_id::text, 7));
    IF EXISTS (SELECT FROM {TABLE} other WHERE other.room_id = NEW.room_id AND other.ended_at IS NULL
        AND other.starts_minute < NEW.ends_minute AND other.ends_minute > NEW.starts_minute
        AND CASE
            WHEN NEW.on_date IS NOT NULL THEN theatre_block_on(other, NEW.on_date)
            WHEN other.on_date IS NOT NULL THEN theatre_block_on(NEW, other.on_date)
            ELSE other.weekday = NEW.weekday AND daterange(other.from_date, other.until_date, '[]')
                && daterange(NEW.from_date, NEW.until_date, '[]') END) THEN
        RAISE EXCEPTION 'these hours are kept for somebody already' {REFUSED} = '{TABLE}_alone';
    END IF;
    RETURN NEW;"""
    return Trigger(name=f"{TABLE}_alone", events="BEFORE INSERT", body=body)


def not_in_hours_of_another() -> Trigger:
    """A theatre is not reserved in another surgeon's hours, unless somebody overrode them and says why."""
    body = f"""
    IF NEW.override_reason = '' AND EXISTS (SELECT FROM scheduling_appointment visit WHERE visit.id = NEW.appointment_id
        AND theatre_blocked(visit.room_id, visit.doctor_id, lower(visit.period), upper(visit.period)) IS NOT NULL) THEN
        RAISE EXCEPTION 'these hours are kept for another surgeon' {REFUSED} = 'theatre_reservation_block';
    END IF;
    RETURN NEW;"""
    return Trigger(name="theatre_reservation_block", events="BEFORE INSERT", body=body)


def not_moved_into_hours_of_another() -> TriggerOn:
    """Nor is a surgery dragged into them, or given to another surgeon within them."""
    body = f"""
    IF (NEW.period, NEW.room_id, NEW.doctor_id) IS NOT DISTINCT FROM (OLD.period, OLD.room_id, OLD.doctor_id)
        OR NEW.kind <> 'SURGERY' THEN RETURN NULL; END IF;
    IF EXISTS (SELECT FROM theatre_reservation kept WHERE kept.appointment_id = NEW.id AND kept.status <> 'RELEASED'
        AND kept.override_reason = '')
        AND theatre_blocked(NEW.room_id, NEW.doctor_id, lower(NEW.period), upper(NEW.period)) IS NOT NULL THEN
        RAISE EXCEPTION 'these hours are kept for another surgeon' {REFUSED} = 'theatre_reservation_block';
    END IF;
    RETURN NULL;"""
    return TriggerOn(
        name="theatre_visit_block", table="scheduling_appointment", events="DEFERRED AFTER UPDATE", body=body
    )


class Block(OrganizationRecord):
    """Hours of a theatre that are one surgeon's own: each week on `weekday` (0 is Monday) between two days, or on one.

    They are free for everybody from `release_days` before the day; empty: only when somebody releases them.
    """

    room = models.ForeignKey("people.Room", on_delete=models.PROTECT, related_name="+")
    surgeon = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField(null=True)
    on_date = models.DateField(null=True)
    starts_minute = models.PositiveSmallIntegerField()
    ends_minute = models.PositiveSmallIntegerField()
    from_date = models.DateField()
    until_date = models.DateField(null=True)
    release_days = models.PositiveSmallIntegerField(null=True)
    written_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")

    room_id: UUID
    surgeon_id: UUID

    class Meta:
        db_table = TABLE
        ordering = ["weekday", "on_date", "starts_minute", "id"]
        constraints = [
            _stays(),
            _alone(),
            said_by_who_acts(TABLE, "written_by_id"),
            models.UniqueConstraint(fields=["organization", "id"], name=f"{TABLE}_here_once"),
            models.CheckConstraint(
                condition=Q(starts_minute__lt=F("ends_minute"), ends_minute__lte=DAY)
                & (Q(weekday__range=(0, 6), on_date=None) | Q(weekday=None, on_date__isnull=False))
                & (Q(until_date=None) | Q(until_date__gte=F("from_date")))
                & (Q(release_days=None) | Q(release_days__lte=90))
                & (Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False)),
                name=f"{TABLE}_said",
            ),
            SameOrganization(name=f"{TABLE}_room_here", field="room_id", to="people.Room"),
            SameOrganization(name=f"{TABLE}_surgeon_here", field="surgeon_id", to="people.Staff"),
            SameOrganization(name=f"{TABLE}_by_here", field="written_by_id", to="people.Staff"),
            SameOrganization(name=f"{TABLE}_end_here", field="ended_by_id", to="people.Staff"),
            RowSecurity(name=f"{TABLE}_rows"),
        ]

    def __str__(self) -> str:
        return f"{self.surgeon.name}, {self.when}"

    @property
    def hours(self) -> str:
        """From when to when: 08:00 to 13:00."""
        return " to ".join(f"{at // 60:02}:{at % 60:02}" for at in (self.starts_minute, self.ends_minute))

    @property
    def when(self) -> str:
        """On which days, and from when to when."""
        if self.on_date is not None:
            return f"{self.on_date.day} {self.on_date:%B %Y}, {self.hours}"
        return f"{WEEKDAYS[self.weekday or 0]}, {self.hours}"

    def holds_on(self, day: date) -> bool:
        """Whether it is of that day, released or not."""
        if self.on_date is not None:
            return self.on_date == day
        return self.weekday == day.weekday() and self.from_date <= day <= (self.until_date or day)


class BlockRelease(OrganizationRecord):
    """The hours of a block are free for everybody on one day. Written once."""

    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="releases")
    on_date = models.DateField()
    reason = models.CharField(max_length=300)
    released_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")

    block_id: UUID

    class Meta:
        db_table = RELEASE
        ordering = ["on_date"]
        constraints = [
            *append_only(RELEASE, name=f"{RELEASE}_stays"),
            said_by_who_acts(RELEASE, "released_by_id"),
            models.UniqueConstraint(fields=["block", "on_date"], name=f"{RELEASE}_once"),
            models.CheckConstraint(condition=~Q(reason=""), name=f"{RELEASE}_said"),
            SameOrganization(name=f"{RELEASE}_of_block", field="block_id", to="theatre.Block"),
            SameOrganization(name=f"{RELEASE}_by_here", field="released_by_id", to="people.Staff"),
            RowSecurity(name=f"{RELEASE}_rows", app="SELECT, INSERT"),
        ]


HOURS = f"""
-- Whether a block is of a day, released or not.
CREATE OR REPLACE FUNCTION theatre_block_on(a_block {TABLE}, a_day date) RETURNS boolean LANGUAGE sql STABLE AS $body$
    SELECT COALESCE(a_block.on_date = a_day, a_block.weekday = extract(isodow FROM a_day) - 1
        AND a_day >= a_block.from_date AND (a_block.until_date IS NULL OR a_day <= a_block.until_date))
$body$;

-- The block of another surgeon that keeps a theatre in a span of time; none when it is released by now.
CREATE OR REPLACE FUNCTION theatre_blocked(a_room uuid, a_surgeon uuid, a_start timestamptz, an_end timestamptz)
RETURNS uuid LANGUAGE sql STABLE AS $body$
    SELECT held.id FROM {TABLE} held JOIN people_room room ON room.id = held.room_id
        JOIN people_branch place ON place.id = room.branch_id,
        LATERAL (SELECT (a_start AT TIME ZONE place.timezone)::date AS day, a_start AT TIME ZONE place.timezone AS wall,
            an_end AT TIME ZONE place.timezone AS wall_end, (kalon_now() AT TIME ZONE place.timezone)::date AS today) at
    WHERE held.room_id = a_room AND held.ended_at IS NULL AND held.surgeon_id IS DISTINCT FROM a_surgeon
        AND theatre_block_on(held, at.day)
        AND at.wall < at.day + held.ends_minute * interval '1 minute'
        AND at.wall_end > at.day + held.starts_minute * interval '1 minute'
        AND (held.release_days IS NULL OR at.today < at.day - held.release_days)
        AND NOT EXISTS (SELECT FROM {RELEASE} gone WHERE gone.block_id = held.id AND gone.on_date = at.day)
    ORDER BY held.starts_minute LIMIT 1
$body$;
"""
HOURS_OFF = f"""DROP FUNCTION theatre_blocked(uuid, uuid, timestamptz, timestamptz);
DROP FUNCTION theatre_block_on({TABLE}, date);"""
