"""Who waits for an earlier time, and which times they were offered."""

from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q

from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger
from kalon.scheduling.lifecycles import OFFER, ON_LIST, WAITING, EntryStatus, OfferStatus, Priority

ENTRY = "scheduling_waitingentry"
OFFERED = "scheduling_waitingoffer"
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)

# A patient puts themself on the list and takes themself off it; everything else is done for them.
BY_PATIENT = f"""
    IF current_user <> 'kalon_portal' THEN RETURN NEW; END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status = 'WAITING' AND NEW.priority = 'NORMAL' AND NEW.appointment_id IS NULL THEN RETURN NEW; END IF;
    ELSIF to_jsonb(NEW) - ARRAY['status', 'status_at'] = to_jsonb(OLD) - ARRAY['status', 'status_at']
        AND NEW.status = 'WITHDRAWN'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a patient may join the waiting list and leave it, and nothing else'
        USING ERRCODE = 'check_violation', CONSTRAINT = '{ENTRY}_by_patient';"""


class WaitingEntry(PatientRecord, Staged):
    """A patient who waits for a time: for what, with whom, on which days and between which hours.

    `visit` is the one they have and would like to have earlier; empty where they have none. `appointment` is what
    came of it. Hours are the branch's wall clock; weekdays count from Monday, 0.
    """

    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey("catalog.Service", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    package = models.ForeignKey("catalog.Package", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    doctor = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    visit = models.ForeignKey(
        "scheduling.Appointment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list)
    from_time = models.TimeField()
    to_time = models.TimeField()
    from_date = models.DateField()
    until_date = models.DateField()
    priority = models.CharField(max_length=10, choices=Priority.choices, default=Priority.NORMAL)
    note = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=16, choices=EntryStatus.choices, default=EntryStatus.WAITING)
    appointment = models.ForeignKey(
        "scheduling.Appointment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    branch_id: UUID
    service_id: UUID | None
    package_id: UUID | None
    doctor_id: UUID | None
    visit_id: UUID | None
    appointment_id: UUID | None

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name_plural = "waiting entries"
        indexes = [models.Index(fields=["branch", "status"], name="scheduling_waiting_of_branch")]
        constraints = [
            *WAITING.rules(ENTRY, patient="patient_id"),
            Trigger(name=f"{ENTRY}_by_patient", events="BEFORE INSERT OR UPDATE", body=BY_PATIENT),
            models.UniqueConstraint(
                fields=["patient", "branch", "service", "package"],
                condition=Q(status__in=ON_LIST),
                nulls_distinct=False,
                name=f"{ENTRY}_once",
            ),
            models.UniqueConstraint(fields=["organization", "patient", "id"], name=f"{ENTRY}_of_patient"),
            models.CheckConstraint(
                condition=Q(service=None, package__isnull=False) | Q(service__isnull=False, package=None),
                name=f"{ENTRY}_for_one",
            ),
            models.CheckConstraint(condition=Q(from_time__lt=F("to_time")), name=f"{ENTRY}_hours"),
            models.CheckConstraint(condition=Q(from_date__lte=F("until_date")), name=f"{ENTRY}_days"),
            models.CheckConstraint(
                condition=Q(weekdays__len__gte=1, weekdays__contained_by=list(EVERY_DAY)), name=f"{ENTRY}_weekdays"
            ),
            SameOrganization(name=f"{ENTRY}_same_patient", field="patient_id", to="patients.Patient"),
            SameOrganization(name=f"{ENTRY}_same_branch", field="branch_id", to="people.Branch"),
            SameOrganization(name=f"{ENTRY}_same_service", field="service_id", to="catalog.Service"),
            SameOrganization(name=f"{ENTRY}_same_package", field="package_id", to="catalog.Package"),
            SameOrganization(name=f"{ENTRY}_same_doctor", field="doctor_id", to="people.Staff"),
            *(
                SameOrganization(
                    name=f"{ENTRY}_same_{field}",
                    field=f"{field}_id",
                    to="scheduling.Appointment",
                    through=("organization_id", "patient_id"),
                )
                for field in ("visit", "appointment")
            ),
            RowSecurity(name=f"{ENTRY}_rows", patient="patient_id", portal="SELECT, INSERT, UPDATE"),
        ]

    def __str__(self) -> str:
        return f"{self.offered} from {self.from_date} to {self.until_date}"

    @property
    def offered(self) -> Any:
        """The service or the package somebody waits for."""
        return self.service or self.package


class WaitingOffer(PatientRecord, Staged):
    """A time offered to somebody who waits: it holds nothing, and the first to accept gets it."""

    entry = models.ForeignKey(WaitingEntry, on_delete=models.PROTECT, related_name="offers")
    doctor = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    period = DateTimeRangeField()
    starts_at = models.GeneratedField(
        expression=Func(F("period"), function="lower"), output_field=models.DateTimeField(), db_persist=True
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField()
    status = models.CharField(max_length=16, choices=OfferStatus.choices, default=OfferStatus.OPEN)
    appointment = models.ForeignKey("scheduling.Appointment", on_delete=models.PROTECT, null=True, related_name="+")

    entry_id: UUID
    doctor_id: UUID | None
    appointment_id: UUID | None

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(status=OfferStatus.OPEN), name="scheduling_offer_open")
        ]
        constraints = [
            *OFFER.rules(OFFERED, patient="patient_id"),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(status=OfferStatus.OPEN), name=f"{OFFERED}_one_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["appointment"], condition=Q(status=OfferStatus.ACCEPTED), name=f"{OFFERED}_one_visit"
            ),
            models.CheckConstraint(condition=Q(expires_at__lte=F("starts_at")), name=f"{OFFERED}_answered_before"),
            SameOrganization(
                name=f"{OFFERED}_same_entry",
                field="entry_id",
                to="scheduling.WaitingEntry",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(
                name=f"{OFFERED}_same_appointment",
                field="appointment_id",
                to="scheduling.Appointment",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(name=f"{OFFERED}_same_doctor", field="doctor_id", to="people.Staff"),
            RowSecurity(name=f"{OFFERED}_rows", patient="patient_id", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return f"{self.period.lower} ({self.get_status_display()})"
