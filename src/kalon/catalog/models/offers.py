"""Services and packages: what a patient can have, what it costs, and what a visit for it needs."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from kalon.catalog import rules
from kalon.catalog.models.kinds import AppointmentType
from kalon.catalog.models.policies import CancellationPolicy
from kalon.catalog.models.shapes import CODE, HSN_SAC, OFFERED
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.money import AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

LONGEST_BREAK = 240


class Demand(models.Model):
    """What a visit takes besides its minutes; the staff and the equipment stand in `Need`.

    `needs_doctor`: a doctor does it; the staff of `Need` come besides. `room_kind`: the kind of room, empty when
    any will do, with all of `room_features`. Preparation and cleaning take the room, not the patient.
    """

    class RoomKind(models.TextChoices):
        CONSULTATION = "CONSULTATION", "Consultation room"
        PROCEDURE = "PROCEDURE", "Procedure room"
        TREATMENT = "TREATMENT", "Treatment room"
        LASER = "LASER", "Laser room"
        TRIAGE = "TRIAGE", "Triage room"
        THEATRE = "THEATRE", "Operating theatre"
        RECOVERY = "RECOVERY", "Recovery room"
        IMAGING = "IMAGING", "Photo and imaging room"

    needs_doctor = models.BooleanField("a doctor does it", default=True)
    room_kind = models.CharField(max_length=16, choices=RoomKind.choices, null=True, blank=True)
    room_features = ArrayField(models.CharField(max_length=40), default=list, blank=True, size=20)
    preparation_minutes = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(LONGEST_BREAK, "At most 240 minutes.")]
    )
    cleaning_minutes = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(LONGEST_BREAK, "At most 240 minutes.")]
    )
    special_needs = ArrayField(models.CharField(max_length=200), default=list, blank=True, size=20)
    needs_note = models.CharField("note on what it needs", max_length=300, blank=True)

    class Meta:
        abstract = True


class Prepaid(models.Model):
    """What is paid before a visit is confirmed: nothing, a deposit (a per cent or an amount), or all of it."""

    class Prepayment(models.TextChoices):
        NONE = "NONE", "Nothing, it is paid at the clinic"
        DEPOSIT = "DEPOSIT", "A deposit"
        FULL = "FULL", "All of it"

    prepayment = models.CharField("paid before the visit", max_length=8, choices=Prepayment, default=Prepayment.NONE)
    deposit_percent = models.PositiveSmallIntegerField(
        "deposit, per cent of the price",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    deposit_amount = AmountField("deposit, amount", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_prepaid(self) -> bool:
        """Whether something is paid before the visit is confirmed."""
        return self.prepayment != self.Prepayment.NONE

    def due_before(self, total: Decimal) -> Decimal | None:
        """What is paid before the visit is confirmed, of its price with tax; None when nothing is."""
        match self.prepayment:
            case self.Prepayment.FULL if total > 0:
                return total
            case self.Prepayment.DEPOSIT if total > 0:
                return min(total, rules.part_of(total, rate=self.deposit_percent, amount=self.deposit_amount)) or None
        return None


class Offer(Demand, Prepaid, OrganizationRecord):
    """What services and packages have in common.

    `is_auto_approved`: an online booking needs no approval by the desk. `cancellation_policy`: in place of the one
    of its kind of visit.
    """

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True, max_length=2000, validators=[MaxLengthValidator(2000)])
    price = AmountField()
    tax_code = models.CharField(max_length=40, blank=True)
    appointment_type = models.ForeignKey(
        AppointmentType, on_delete=models.PROTECT, null=True, blank=True, related_name="%(class)ss"
    )
    cancellation_policy = models.ForeignKey(
        CancellationPolicy, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    minutes = models.PositiveSmallIntegerField("minutes of a visit", default=30)
    is_self_bookable = models.BooleanField("patients may book it online", default=False)
    is_auto_approved = models.BooleanField("online bookings need no approval", default=False)
    is_active = models.BooleanField("on offer", default=True)

    appointment_type_id: UUID | None
    cancellation_policy_id: UUID | None
    needs: "RelatedManager[Need]"

    class Meta:
        abstract = True
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


def _rules(table: str) -> list[Any]:
    """What holds for a service as for a package."""
    deposit = Q(deposit_percent__isnull=False, deposit_percent__range=(1, 100), deposit_amount=None) | Q(
        deposit_percent=None, deposit_amount__isnull=False, deposit_amount__gt=0
    )
    return [
        models.UniqueConstraint(fields=["organization", "code"], name=f"{table}_code_once"),
        models.UniqueConstraint(fields=["organization", "id"], name=f"{table}_in_organization"),
        models.CheckConstraint(condition=Q(code__regex=CODE), name=f"{table}_code_shape"),
        models.CheckConstraint(condition=Q(price__gt=0), name=f"{table}_price_positive"),
        models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=720), name=f"{table}_minutes"),
        models.CheckConstraint(
            condition=Q(preparation_minutes__lte=LONGEST_BREAK, cleaning_minutes__lte=LONGEST_BREAK),
            name=f"{table}_breaks",
        ),
        models.CheckConstraint(
            condition=(Q(prepayment="DEPOSIT") & deposit)
            | Q(prepayment__in=("NONE", "FULL"), deposit_percent=None, deposit_amount=None),
            name=f"{table}_deposit",
        ),
        SameOrganization(name=f"{table}_same_type", field="appointment_type_id", to="catalog.AppointmentType"),
        SameOrganization(name=f"{table}_same_policy", field="cancellation_policy_id", to="catalog.CancellationPolicy"),
    ]


class Service(Offer):
    """Something a patient can have, and its price before tax."""

    hsn_sac = models.CharField("HSN or SAC", max_length=8, blank=True)

    class Meta(Offer.Meta):
        abstract = False
        constraints = [
            *_rules("catalog_service"),
            models.CheckConstraint(
                condition=Q(hsn_sac="") | Q(hsn_sac__regex=HSN_SAC), name="catalog_service_hsn_sac_digits"
            ),
            RowSecurity(
                name="catalog_service_rows",
                portal="SELECT",
                portal_where=OFFERED.format("is_self_bookable"),
                reviewed="SELECT",
            ),
        ]


class Package(Offer):
    """Several services sold together at one price, to be used within `valid_days` of the sale."""

    valid_days = models.PositiveSmallIntegerField(default=365)

    class Meta(Offer.Meta):
        abstract = False
        constraints = [
            *_rules("catalog_package"),
            models.CheckConstraint(
                condition=Q(valid_days__gte=1, valid_days__lte=3650), name="catalog_package_valid_days"
            ),
            RowSecurity(name="catalog_package_rows", portal="SELECT", portal_where=OFFERED.format("is_self_bookable")),
        ]


class PackageItem(OrganizationRecord):
    """How often a package holds a service."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="items")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField(default=1)

    package_id: UUID
    service_id: UUID

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["package", "service"], name="catalog_packageitem_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=200), name="catalog_packageitem_quantity"
            ),
            SameOrganization(name="catalog_packageitem_same_package", field="package_id", to="catalog.Package"),
            SameOrganization(name="catalog_packageitem_same_service", field="service_id", to="catalog.Service"),
            RowSecurity(name="catalog_packageitem_rows", app="SELECT, INSERT, UPDATE, DELETE", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.service}"


class Need(OrganizationRecord):
    """Staff of a kind, or equipment of a kind, that each visit for a service or of a package takes."""

    class StaffKind(models.TextChoices):
        DOCTOR = "DOCTOR", "Doctor"
        SURGEON = "SURGEON", "Surgeon"
        ANAESTHETIST = "ANAESTHETIST", "Anaesthetist"
        NURSE = "NURSE", "Nurse"
        THERAPIST = "THERAPIST", "Therapist"
        TECHNICIAN = "TECHNICIAN", "Technician"

    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, related_name="needs")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, null=True, related_name="needs")
    staff_kind = models.CharField(max_length=16, choices=StaffKind.choices, blank=True)
    equipment_kind = models.CharField(max_length=40, blank=True)
    count = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "package", "staff_kind", "equipment_kind"],
                name="catalog_need_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(service__isnull=False, package__isnull=True)
                | Q(service__isnull=True, package__isnull=False),
                name="catalog_need_of_one",
            ),
            models.CheckConstraint(
                condition=(~Q(staff_kind="") & Q(equipment_kind=""))
                | Q(staff_kind="", equipment_kind__regex=r"^[A-Z][A-Z0-9_]*$"),
                name="catalog_need_staff_or_equipment",
            ),
            models.CheckConstraint(condition=Q(count__gte=1, count__lte=10), name="catalog_need_count"),
            SameOrganization(name="catalog_need_same_service", field="service_id", to="catalog.Service"),
            SameOrganization(name="catalog_need_same_package", field="package_id", to="catalog.Package"),
            RowSecurity(name="catalog_need_rows", app="SELECT, INSERT, UPDATE, DELETE", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return f"{self.count} × {self.staff_kind or self.equipment_kind}"
