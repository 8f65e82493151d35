"""The procedure catalogue: what is done to a patient, as against what is sold (`offers`)."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from kalon.catalog.lifecycles import Category
from kalon.catalog.models.offers import Demand, Need, Service
from kalon.catalog.models.shapes import CODE
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

# Coding systems whose text is licensed hold what the clinic's own licence allows it to write here; none is shipped.
SYSTEMS = ("CPT", "HCPCS", "ICD-10-PCS", "OPCS-4", "SNOMED-CT", "PM-JAY", "OTHER")


class Procedure(OrganizationRecord):
    """Something that is done to a patient: how long it takes, where, on which sides, and what it asks for beforehand.

    `service` is what is sold for it, and so its price in each fee schedule. `has_side`: it is done on the left, the
    right or both, and is never booked without saying which. `photo_views`: the codes of the standard views that are
    taken before and after it. `least_days_between`: how soon a session may follow another. `patient_words`: what it
    is, told to the patient.
    """

    Category = Category

    class Setting(models.TextChoices):
        SURGICAL = "SURGICAL", "An operation in a theatre"
        NON_SURGICAL = "NON_SURGICAL", "A treatment in a room"

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=160)
    category = models.CharField(max_length=16, choices=Category)
    setting = models.CharField(max_length=16, choices=Setting, default=Setting.NON_SURGICAL)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="procedures")
    minutes = models.PositiveSmallIntegerField(
        "Minutes it takes", default=30, validators=[MinValueValidator(5), MaxValueValidator(1440)]
    )
    room_kind = models.CharField(max_length=16, choices=Demand.RoomKind, null=True, blank=True)
    has_side = models.BooleanField("Has a left and a right", default=False)
    needs_consent = models.BooleanField("A consent is signed first", default=True)
    takes_implant = models.BooleanField("An implant with a serial number is put in", default=False)
    photo_views: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, size=30
    )
    least_days_between = models.PositiveSmallIntegerField("Days between two sessions, at least", null=True, blank=True)
    patient_words = models.TextField("What it is, for the patient", blank=True, max_length=4000)
    is_active = models.BooleanField("In use", default=True)

    service_id: UUID | None
    codes: "RelatedManager[ProcedureCode]"
    team: "RelatedManager[ProcedureTeam]"

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="catalog_procedure_code_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="catalog_procedure_in_organization"),
            models.CheckConstraint(condition=Q(code__regex=CODE) & ~Q(name=""), name="catalog_procedure_named"),
            models.CheckConstraint(condition=Q(minutes__range=(5, 1440)), name="catalog_procedure_minutes"),
            models.CheckConstraint(
                condition=Q(setting="NON_SURGICAL") | Q(setting="SURGICAL", needs_consent=True),
                name="catalog_procedure_surgery_needs_consent",
            ),
            models.CheckConstraint(
                condition=Q(least_days_between=None) | Q(least_days_between__range=(1, 366)),
                name="catalog_procedure_days_between",
            ),
            SameOrganization(name="catalog_procedure_same_service", field="service_id", to="catalog.Service"),
            RowSecurity(
                name="catalog_procedure_rows",
                portal="SELECT",
                portal_where="(SELECT kalon_patient()) IS NOT NULL",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProcedureCode(OrganizationRecord):
    """What a procedure is called in a coding system: the clinic's own words where the system's are licensed."""

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="codes")
    system = models.CharField(max_length=12, choices=[(one, one) for one in SYSTEMS])
    code = models.CharField(max_length=30)
    words = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["system", "code"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "system", "code"], name="catalog_procedurecode_once"),
            models.CheckConstraint(
                condition=Q(system__in=SYSTEMS) & Q(code__regex=r"^[A-Za-z0-9][A-Za-z0-9.-]*$"),
                name="catalog_procedurecode_shape",
            ),
            SameOrganization(name="catalog_procedurecode_same_procedure", field="procedure_id", to="catalog.Procedure"),
            RowSecurity(name="catalog_procedurecode_rows", app="SELECT, INSERT, UPDATE, DELETE"),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.code}"


class ProcedureTeam(OrganizationRecord):
    """Whom a procedure takes besides the one who does it: so many of a kind of staff."""

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="team")
    staff_kind = models.CharField(max_length=16, choices=Need.StaffKind)
    count = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["staff_kind"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "staff_kind"], name="catalog_procedureteam_once"),
            models.CheckConstraint(condition=Q(count__range=(1, 10)), name="catalog_procedureteam_count"),
            SameOrganization(name="catalog_procedureteam_same_procedure", field="procedure_id", to="catalog.Procedure"),
            RowSecurity(name="catalog_procedureteam_rows", app="SELECT, INSERT, UPDATE, DELETE"),
        ]

    def __str__(self) -> str:
        return f"{self.count} × {self.staff_kind}"
