"""Where the clinic is: the organisation, its branches, their rooms and the equipment that stands there."""

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import OrganizationRecord, Record
from kalon.kernel.rows import RowSecurity, SameOrganization


class Organization(Record):
    """The clinic as a business: its name, currency, time zone and house rules."""

    class Rounding(models.TextChoices):
        HALF_UP = "HALF_UP", "Half a paisa goes up"
        HALF_EVEN = "HALF_EVEN", "Half a paisa goes to the even one"

    name = models.CharField(max_length=120)
    tagline = models.CharField(max_length=160, blank=True)
    code = models.CharField(max_length=6, help_text="Starts every MRN and bill number.")
    slug = models.SlugField(max_length=60, unique=True)
    domain = models.CharField(max_length=200, unique=True, null=True, blank=True)
    country = models.CharField(max_length=2, default="IN")
    currency = models.CharField(max_length=3, default="INR")
    timezone = models.CharField(max_length=60, default="Asia/Kolkata")
    rounding = models.CharField(max_length=10, choices=Rounding, default=Rounding.HALF_UP)
    settings = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9]{2,6}$"), name="people_organization_code_letters"
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="people_organization_currency_iso"),
            RowSecurity(name="people_organization_rows", tenant="id", portal="SELECT", reviewed="SELECT"),
        ]

    def __str__(self) -> str:
        return self.name


class Branch(OrganizationRecord):
    """A place where patients come: its hours, its zone, and how it is registered for GST."""

    name = models.CharField(max_length=120)
    code = models.CharField(max_length=8)
    timezone = models.CharField(max_length=60, default="Asia/Kolkata")
    address = models.TextField(blank=True)
    city = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    opens_at = models.TimeField(default=time(9))
    closes_at = models.TimeField(default=time(19))
    gstin = models.CharField("GSTIN", max_length=15, blank=True)
    state_code = models.CharField("GST state code", max_length=2, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name_plural = "branches"
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="people_branch_code_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="people_branch_in_organization"),
            models.CheckConstraint(condition=Q(opens_at__lt=models.F("closes_at")), name="people_branch_opens_first"),
            models.CheckConstraint(
                # a GSTIN; a VAT number that begins with its country; a TRN of the Gulf
                condition=Q(gstin="")
                | Q(gstin__regex=r"^([0-9]{2}[A-Z0-9]{10}[0-9A-Z]Z[0-9A-Z]|[A-Z]{2}[0-9A-Z]{5,13}|[0-9]{15})$"),
                name="people_branch_gstin_shape",
            ),
            RowSecurity(name="people_branch_rows", portal="SELECT", reviewed="SELECT"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def hours_today(self) -> str:
        """When the branch is open, as the page head says it."""
        return f"{self.opens_at:%H:%M} – {self.closes_at:%H:%M}"


class Room(OrganizationRecord):
    """A room of a branch that an appointment may occupy.

    `buffer_minutes` is kept free after each use. `features` are short words that a service may ask for ("sink",
    "laser-safe"). Of two rooms that fit, the one with the lower `display_order` is taken first.
    """

    class Kind(models.TextChoices):
        CONSULTATION = "CONSULTATION", "Consultation room"
        PROCEDURE = "PROCEDURE", "Procedure room"
        TREATMENT = "TREATMENT", "Treatment room"
        LASER = "LASER", "Laser room"
        TRIAGE = "TRIAGE", "Triage room"
        THEATRE = "THEATRE", "Operating theatre"
        RECOVERY = "RECOVERY", "Recovery room"
        IMAGING = "IMAGING", "Photo and imaging room"
        OTHER = "OTHER", "Other room"

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="rooms")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.CONSULTATION)
    capacity = models.PositiveSmallIntegerField(default=1)
    buffer_minutes = models.PositiveSmallIntegerField(default=0)
    features = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    display_order = models.PositiveSmallIntegerField(default=50)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["display_order", "code", "id"]
        constraints = [
            models.UniqueConstraint(fields=["branch", "code"], name="people_room_code_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="people_room_in_organization"),
            models.CheckConstraint(condition=Q(capacity__gte=1, capacity__lte=50), name="people_room_capacity"),
            models.CheckConstraint(condition=Q(buffer_minutes__lte=240), name="people_room_buffer"),
            SameOrganization(name="people_room_same_branch", field="branch_id", to="people.Branch"),
            RowSecurity(name="people_room_rows", portal="SELECT", reviewed="SELECT"),
        ]

    def __str__(self) -> str:
        return self.name


class Equipment(OrganizationRecord):
    """A device of a branch that one visit uses at a time; `buffer_minutes` is kept free after each use.

    `kind` is what a service asks for, such as LASER_ND_YAG: any device of the kind will do.
    """

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="equipment")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    buffer_minutes = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["kind", "code", "id"]
        verbose_name_plural = "equipment"
        constraints = [
            models.UniqueConstraint(fields=["branch", "code"], name="people_equipment_code_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="people_equipment_in_organization"),
            models.CheckConstraint(condition=Q(kind__regex=r"^[A-Z][A-Z0-9_]*$"), name="people_equipment_kind_shape"),
            models.CheckConstraint(condition=Q(buffer_minutes__lte=240), name="people_equipment_buffer"),
            SameOrganization(name="people_equipment_same_branch", field="branch_id", to="people.Branch"),
            RowSecurity(name="people_equipment_rows", portal="SELECT", reviewed="SELECT"),
        ]

    def __str__(self) -> str:
        return self.name
