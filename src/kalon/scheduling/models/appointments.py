"""A visit: one patient, one time, and where it stands."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q

from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import Staged
from kalon.kernel.live import Announces
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.money import AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.scheduling.lifecycles import ENDED, LIFE, RELEASED, Kind, Priority, Side, Source, Status
from kalon.scheduling.models.guards import by_patient, keeps_places, names_each_other

TABLE = "scheduling_appointment"
LONGEST = timedelta(hours=24)
# The date of a visit on the clock of its branch, for open screens.
DAY_AT_BRANCH = (
    "(lower({row}.period) AT TIME ZONE (SELECT timezone FROM people_branch WHERE id = {row}.branch_id))::date"
)


class Appointment(PatientRecord, Staged):
    """The time a patient is given: with whom, where, for what, and how far it has come.

    `amount_due` is what is to be paid before the visit is confirmed, empty where nothing is; `follows` is the
    visit of which this is the follow-up; `cancelled_side` says who did not keep it, empty where nobody was asked
    (visits that were cancelled earlier). `occasion_id` names what it was booked for (a plan, a follow-up): a row of a
    context above, which checks in the database that it is the same patient's. `team` are the
    nurses and therapists beside the doctor, `equipment` the devices; they and the room are taken from
    `preparation_minutes` before the visit until `cleaning_minutes` after it, the doctor for the visit itself.
    All of them are kept for it by the database while its state says so (`guards.keeps_places`).
    """

    number = models.CharField(max_length=20, editable=False)
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    room = models.ForeignKey("people.Room", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    service = models.ForeignKey("catalog.Service", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    package = models.ForeignKey("catalog.Package", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    team = ArrayField(models.UUIDField(), default=list, blank=True)
    equipment = ArrayField(models.UUIDField(), default=list, blank=True)
    preparation_minutes = models.PositiveSmallIntegerField(default=0)
    cleaning_minutes = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.CONSULTATION)
    status = models.CharField(max_length=16, choices=Status.choices)
    period = DateTimeRangeField()
    starts_at = models.GeneratedField(
        expression=Func(F("period"), function="lower"), output_field=models.DateTimeField(), db_persist=True
    )
    ends_at = models.GeneratedField(
        expression=Func(F("period"), function="upper"), output_field=models.DateTimeField(), db_persist=True
    )
    source = models.CharField(max_length=16, choices=Source.choices, default=Source.FRONT_DESK)
    priority = models.CharField(max_length=10, choices=Priority.choices, default=Priority.NORMAL)
    chief_complaint = EncryptedText(key="patient.data_key", blank=True, default="")
    patient_note = EncryptedText(key="patient.data_key", blank=True, default="")
    amount_due = AmountField(null=True, blank=True)
    payment_due_at = models.DateTimeField(null=True, blank=True)
    is_overbooked = models.BooleanField(default=False)
    overbooking_reason = models.CharField(max_length=200, blank=True)
    off_schedule_reason = models.CharField(max_length=200, blank=True)
    cancelled_reason = models.CharField(max_length=300, blank=True)
    cancelled_side = models.CharField(max_length=8, choices=Side.choices, blank=True, default="")
    patient_confirmed_at = models.DateTimeField(null=True, blank=True)  # the patient answered: I will come
    series = models.ForeignKey(
        "scheduling.AppointmentSeries", on_delete=models.PROTECT, null=True, blank=True, related_name="visits"
    )
    series_number = models.PositiveSmallIntegerField(null=True, blank=True)
    occasion_id = models.UUIDField(null=True, blank=True)
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    predecessor = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    successor = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    booked_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    edition = models.PositiveIntegerField(default=0)  # counts changes, so that two windows cannot overwrite each other

    branch_id: UUID
    doctor_id: UUID | None
    room_id: UUID | None
    service_id: UUID | None
    package_id: UUID | None
    series_id: UUID | None
    follows_id: UUID | None
    predecessor_id: UUID | None
    successor_id: UUID | None
    booked_by_id: UUID | None

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["branch", "starts_at"], name="scheduling_appt_of_branch"),
            models.Index(fields=["doctor", "starts_at"], name="scheduling_appt_of_doctor"),
            models.Index(fields=["patient", "starts_at"], name="scheduling_appt_of_patient"),
            models.Index(
                fields=["occasion_id"], condition=Q(occasion_id__isnull=False), name="scheduling_appt_occasion"
            ),
            models.Index(
                fields=["payment_due_at"],
                condition=Q(status=Status.PENDING_PAYMENT),
                name="scheduling_appt_unpaid",
            ),
            models.Index(
                fields=["organization", "created_at"],
                condition=Q(status=Status.REQUESTED),
                name="scheduling_appt_asked_for",
            ),
        ]
        constraints = [
            *LIFE.rules(TABLE, patient="patient_id"),
            keeps_places(table=TABLE, released=RELEASED),
            names_each_other(TABLE),
            by_patient(TABLE),
            Announces(name=f"{TABLE}_live", topic="visits", place="{row}.branch_id", day=DAY_AT_BRANCH),
            models.UniqueConstraint(fields=["organization", "number"], name="scheduling_appointment_number_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="scheduling_appointment_in_organization"),
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="scheduling_appointment_of_patient"),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False)
                & Q(ends_at__lte=F("starts_at") + LONGEST),
                name="scheduling_appointment_takes_time",
            ),
            models.CheckConstraint(
                condition=Q(service=None) | Q(package=None), name="scheduling_appointment_service_or_package"
            ),
            models.CheckConstraint(
                condition=Q(preparation_minutes__lte=240, cleaning_minutes__lte=240),
                name="scheduling_appointment_preparation",
            ),
            models.CheckConstraint(
                condition=Q(team__len__lte=12, equipment__len__lte=12), name="scheduling_appointment_team_size"
            ),
            models.CheckConstraint(
                condition=Q(series=None, series_number=None) | Q(series__isnull=False, series_number__gte=1),
                name="scheduling_appointment_series_number",
            ),
            models.UniqueConstraint(
                fields=["series", "series_number"],
                condition=Q(predecessor=None) & ~Q(status__in=RELEASED),  # who was moved inherits the number
                name="scheduling_appointment_series_once",
            ),
            models.CheckConstraint(
                condition=Q(is_overbooked=False) | (~Q(overbooking_reason="") & Q(doctor__isnull=False)),
                name="scheduling_appointment_overbooked_on_purpose",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CANCELLED) | ~Q(cancelled_reason=""),
                name="scheduling_appointment_cancelled_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_side="") | Q(status=Status.CANCELLED, cancelled_side__in=Side.values),
                name="scheduling_appointment_cancelled_side",
            ),
            models.CheckConstraint(
                condition=Q(amount_due=None) | Q(amount_due__gt=0),
                name="scheduling_appointment_amount_positive",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.PENDING_PAYMENT) | Q(amount_due__isnull=False),
                name="scheduling_appointment_something_to_pay",
            ),
            SameOrganization(name="scheduling_appointment_same_patient", field="patient_id", to="patients.Patient"),
            SameOrganization(name="scheduling_appointment_same_branch", field="branch_id", to="people.Branch"),
            SameOrganization(name="scheduling_appointment_same_doctor", field="doctor_id", to="people.Staff"),
            SameOrganization(name="scheduling_appointment_same_room", field="room_id", to="people.Room"),
            SameOrganization(name="scheduling_appointment_same_service", field="service_id", to="catalog.Service"),
            SameOrganization(name="scheduling_appointment_same_package", field="package_id", to="catalog.Package"),
            SameOrganization(
                name="scheduling_appointment_same_series",
                field="series_id",
                to="scheduling.AppointmentSeries",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(
                name="scheduling_appointment_same_follows",
                field="follows_id",
                to="scheduling.Appointment",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(
                name="scheduling_appointment_rows",
                patient="patient_id",
                portal="SELECT, INSERT, UPDATE",
                reviewed="SELECT",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which this visit happens."""
        return ZoneInfo(self.branch.timezone)

    @property
    def local_start(self) -> datetime:
        """When it begins, on the clock of its branch."""
        start: datetime = self.period.lower
        return start.astimezone(self.zone)

    @property
    def local_end(self) -> datetime:
        """When it ends, on the clock of its branch."""
        end: datetime = self.period.upper
        return end.astimezone(self.zone)

    @property
    def wall_start(self) -> datetime:
        """When it begins, as the branch's clock shows it, for print."""
        return self.local_start.replace(tzinfo=None)

    @property
    def what(self) -> str:
        """What it is for, as the clinic calls it: the service or the package, else the kind of visit."""
        offered = self.service or self.package
        return str(offered.name if offered else self.get_kind_display())

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.status in ENDED
