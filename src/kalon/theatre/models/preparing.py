"""What a patient is told before an operation: when to be there, when to stop eating, which medicines to stop."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q

from kalon.kernel.encrypted import EncryptedJSON, EncryptedText
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger
from kalon.theatre.models.guards import REFUSED, said_by_who_acts
from kalon.theatre.rules.preparing import LONGEST_STOP

THROUGH_PATIENT = ("organization_id", "patient_id")
TOLD, STOPPED = "theatre_preparation", "theatre_stoppedmedicine"


def _only_ended(table: str, *columns: str) -> Trigger:
    """What was written stays; it ends once."""
    open_ones = ", ".join(f"'{one}'" for one in columns)
    body = f"""
    IF to_jsonb(NEW) - ARRAY[{open_ones}] <> to_jsonb(OLD) - ARRAY[{open_ones}] OR OLD.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'what was told stays; write it anew' {REFUSED} = '{table}_stays';
    END IF;
    RETURN NEW;"""
    return Trigger(name=f"{table}_stays", events="BEFORE UPDATE", body=body)


def _for_its_time() -> Trigger:
    """A patient is told the time for which the case stands, and no other."""
    body = f"""
    PERFORM 1 FROM theatre_case held JOIN theatre_reservation kept ON kept.id = held.reservation_id
        JOIN scheduling_appointment visit ON visit.id = kept.appointment_id
        WHERE held.id = NEW.case_id AND held.status = 'SCHEDULED' AND held.plan_id = NEW.plan_id
            AND visit.starts_at = NEW.starts_at;
    IF FOUND THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a patient is told the time for which the case stands' {REFUSED} = '{TOLD}_time';"""
    return Trigger(name=f"{TOLD}_time", events="BEFORE INSERT", body=body)


class StoppedMedicine(PatientRecord):
    """A medicine that the patient stops before the operation of a plan: last taken `days_before` it.

    It ends (`ended_at`) when it is not to be stopped after all.
    """

    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, related_name="+")
    name = EncryptedText(key="patient.data_key", max_length=120)
    days_before = models.PositiveSmallIntegerField()
    written_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")

    plan_id: UUID

    class Meta:
        db_table = STOPPED
        ordering = ["id"]
        constraints = [
            _only_ended(STOPPED, "ended_at", "ended_by_id"),
            said_by_who_acts(STOPPED, "written_by_id"),
            models.CheckConstraint(
                condition=Q(days_before__range=(1, LONGEST_STOP))
                & (Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False)),
                name=f"{STOPPED}_said",
            ),
            SameOrganization(
                name=f"{STOPPED}_of_plan", field="plan_id", to="plans.ProcedurePlan", through=THROUGH_PATIENT
            ),
            SameOrganization(name=f"{STOPPED}_by_here", field="written_by_id", to="people.Staff"),
            SameOrganization(name=f"{STOPPED}_end_here", field="ended_by_id", to="people.Staff"),
            RowSecurity(name=f"{STOPPED}_rows", patient="patient_id"),
        ]


class Preparation(PatientRecord):
    """What a patient was told before one operation at one time; a change is told by a further row.

    `medicines` are pairs of a name and the last day (ISO) on which it is taken. `food_until` and `water_until` are
    empty where nobody is put to sleep. The one without `ended_at` holds.
    """

    case = models.ForeignKey("theatre.Case", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    arrive_at = models.DateTimeField()
    food_until = models.DateTimeField(null=True)
    water_until = models.DateTimeField(null=True)
    medicines = EncryptedJSON(key="patient.data_key")
    ended_at = models.DateTimeField(null=True)

    case_id: UUID
    plan_id: UUID

    class Meta:
        db_table = TOLD
        ordering = ["-id"]
        indexes = [models.Index(fields=["starts_at"], condition=Q(ended_at=None), name="theatre_preparation_due")]
        constraints = [
            _only_ended(TOLD, "ended_at"),
            _for_its_time(),
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name=f"{TOLD}_one"),
            models.CheckConstraint(
                condition=Q(arrive_at__lte=F("starts_at"))
                & (
                    Q(food_until=None, water_until=None)
                    | Q(food_until__lte=F("water_until"), water_until__lte=F("starts_at"))
                ),
                name=f"{TOLD}_in_order",
            ),
            SameOrganization(name=f"{TOLD}_of_case", field="case_id", to="theatre.Case", through=THROUGH_PATIENT),
            SameOrganization(
                name=f"{TOLD}_of_plan", field="plan_id", to="plans.ProcedurePlan", through=THROUGH_PATIENT
            ),
            RowSecurity(name=f"{TOLD}_rows", patient="patient_id", portal="SELECT"),
        ]

    @property
    def arrive_wall(self) -> datetime:
        """When to be there, on the clock of the branch."""
        return self._wall(self.arrive_at)

    @property
    def starts_wall(self) -> datetime:
        return self._wall(self.starts_at)

    @property
    def food_wall(self) -> datetime | None:
        return self._wall(self.food_until) if self.food_until else None

    @property
    def water_wall(self) -> datetime | None:
        return self._wall(self.water_until) if self.water_until else None

    @property
    def last_days(self) -> list[tuple[str, date]]:
        """Each medicine with the last day on which it is taken."""
        return [(name, date.fromisoformat(day)) for name, day in self.medicines]

    def _wall(self, at: datetime) -> datetime:
        plan: Any = self.plan
        return at.astimezone(ZoneInfo(plan.branch.timezone)).replace(tzinfo=None)
