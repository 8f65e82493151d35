"""Tables of what is offered: services, packages, appointment types, tax rates."""

from datetime import date
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.money import AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger

CODE = r"^[A-Z0-9][A-Z0-9_-]{0,39}$"
# A visitor sees what can be booked online; a patient also what their past visits and bills name.
OFFERED = "(is_active AND {}) OR (SELECT kalon_patient()) IS NOT NULL"

FIXED = """
    IF (NEW.code, NEW.percent, NEW.valid_from) IS DISTINCT FROM (OLD.code, OLD.percent, OLD.valid_from) THEN
        RAISE EXCEPTION 'a tax rate is ended and followed by another, never changed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'catalog_taxrate_fixed';
    END IF;
    RETURN NEW;"""


class Valid(Func):
    """From and to as one range of days, open at the end when there is none."""

    function = "daterange"
    output_field = DateRangeField()


class TaxRate(OrganizationRecord):
    """A tax per cent and the days on which it holds; `valid_to` is the first day on which it no longer does."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    percent = models.DecimalField(
        max_digits=5, decimal_places=2, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.TextField(
        blank=True,
        validators=[MaxLengthValidator(2000)],
        help_text="The law or notice it comes from, and who reviewed it.",
    )

    class Meta:
        ordering = ["code", "-valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=CODE), name="catalog_taxrate_code_shape"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="catalog_taxrate_percent"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="catalog_taxrate_ends_later"
            ),
            ExclusionConstraint(
                name="catalog_taxrate_one_a_day",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    (Valid("valid_from", "valid_to", Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
            Trigger(name="catalog_taxrate_fixed", events="BEFORE UPDATE", body=FIXED),
            RowSecurity(name="catalog_taxrate_rows", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return self.name

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class AppointmentType(OrganizationRecord):
    """A kind of visit: how long it takes by default, and which consultation it begins."""

    class Code(models.TextChoices):
        CONSULTATION = "CONSULTATION", "Consultation"
        FOLLOW_UP = "FOLLOW_UP", "Follow-up"
        PRE_OP = "PRE_OP", "Pre-operative visit"
        POST_OP = "POST_OP", "Post-operative visit"
        REVIEW = "REVIEW", "Review"
        SESSION = "SESSION", "Treatment session"
        SURGERY = "SURGERY", "Surgery"
        EMERGENCY = "EMERGENCY", "Emergency"

    class ConsultationType(models.TextChoices):
        INITIAL = "INITIAL", "First consultation"
        FOLLOW_UP = "FOLLOW_UP", "Follow-up"
        PRE_OP = "PRE_OP", "Before an operation"
        POST_OP = "POST_OP", "After an operation"
        REVIEW = "REVIEW", "Review"
        EMERGENCY = "EMERGENCY", "Emergency"

    code = models.CharField(max_length=20, choices=Code.choices)
    name = models.CharField(max_length=80)
    default_minutes = models.PositiveSmallIntegerField(default=30)
    requires_doctor = models.BooleanField(default=True)
    allow_self_booking = models.BooleanField(default=False)
    consultation_type = models.CharField(max_length=20, choices=ConsultationType.choices, blank=True)
    display_order = models.PositiveSmallIntegerField(default=50)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["display_order", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="catalog_appointmenttype_code_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="catalog_appointmenttype_in_organization"),
            models.CheckConstraint(
                condition=Q(default_minutes__gte=5, default_minutes__lte=720), name="catalog_appointmenttype_minutes"
            ),
            RowSecurity(name="catalog_appointmenttype_rows", portal="SELECT", portal_where=OFFERED.format("true")),
        ]

    def __str__(self) -> str:
        return self.name


class Service(OrganizationRecord):
    """Something a patient can have, and its price before tax.

    `is_auto_approved`: an online booking needs no approval by the desk. `prepay`: it is paid before the visit is
    confirmed. `room_kind`: the kind of room a visit occupies, empty when any will do.
    """

    class RoomKind(models.TextChoices):
        CONSULTATION = "CONSULTATION", "Consultation room"
        TREATMENT = "TREATMENT", "Treatment room"
        TRIAGE = "TRIAGE", "Triage room"
        THEATRE = "THEATRE", "Operating theatre"
        RECOVERY = "RECOVERY", "Recovery room"
        IMAGING = "IMAGING", "Photo and imaging room"

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True, max_length=2000, validators=[MaxLengthValidator(2000)])
    price = AmountField()
    tax_code = models.CharField(max_length=40, blank=True)
    hsn_sac = models.CharField("HSN or SAC", max_length=8, blank=True)
    minutes = models.PositiveSmallIntegerField(default=30)
    appointment_type = models.ForeignKey(
        AppointmentType, on_delete=models.PROTECT, null=True, blank=True, related_name="services"
    )
    is_self_bookable = models.BooleanField("patients may book it online", default=False)
    is_auto_approved = models.BooleanField("online bookings need no approval", default=False)
    prepay = models.BooleanField("paid before the visit is confirmed", default=False)
    needs_doctor = models.BooleanField("a doctor does it", default=True)
    room_kind = models.CharField(max_length=16, choices=RoomKind.choices, null=True, blank=True)
    is_active = models.BooleanField("on offer", default=True)

    appointment_type_id: UUID | None

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="catalog_service_code_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="catalog_service_in_organization"),
            models.CheckConstraint(condition=Q(code__regex=CODE), name="catalog_service_code_shape"),
            models.CheckConstraint(condition=Q(price__gt=0), name="catalog_service_price_positive"),
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=720), name="catalog_service_minutes"),
            models.CheckConstraint(
                condition=Q(hsn_sac="") | Q(hsn_sac__regex=r"^[0-9]{4,8}$"), name="catalog_service_hsn_sac_digits"
            ),
            SameOrganization(
                name="catalog_service_same_type", field="appointment_type_id", to="catalog.AppointmentType"
            ),
            RowSecurity(
                name="catalog_service_rows",
                portal="SELECT",
                portal_where=OFFERED.format("is_self_bookable"),
                reviewed="SELECT",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Package(OrganizationRecord):
    """Several services sold together at one price, to be used within `valid_days` of the sale."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True, max_length=2000, validators=[MaxLengthValidator(2000)])
    price = AmountField()
    tax_code = models.CharField(max_length=40, blank=True)
    valid_days = models.PositiveSmallIntegerField(default=365)
    minutes = models.PositiveSmallIntegerField("minutes of each visit", default=30)
    is_self_bookable = models.BooleanField("patients may book it online", default=False)
    is_auto_approved = models.BooleanField("online bookings need no approval", default=False)
    is_active = models.BooleanField("on offer", default=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="catalog_package_code_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="catalog_package_in_organization"),
            models.CheckConstraint(condition=Q(code__regex=CODE), name="catalog_package_code_shape"),
            models.CheckConstraint(condition=Q(price__gt=0), name="catalog_package_price_positive"),
            models.CheckConstraint(
                condition=Q(valid_days__gte=1, valid_days__lte=3650), name="catalog_package_valid_days"
            ),
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=720), name="catalog_package_minutes"),
            RowSecurity(name="catalog_package_rows", portal="SELECT", portal_where=OFFERED.format("is_self_bookable")),
        ]

    def __str__(self) -> str:
        return self.name


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
