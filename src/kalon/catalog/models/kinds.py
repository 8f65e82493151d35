"""The kinds of visit, such as a consultation or a surgery."""

from django.db import models
from django.db.models import Q

from kalon.catalog.models.policies import CancellationPolicy
from kalon.catalog.models.shapes import OFFERED
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization


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
    cancellation_policy = models.ForeignKey(
        CancellationPolicy, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["display_order", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="catalog_appointmenttype_code_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="catalog_appointmenttype_in_organization"),
            models.CheckConstraint(
                condition=Q(default_minutes__gte=5, default_minutes__lte=720), name="catalog_appointmenttype_minutes"
            ),
            SameOrganization(
                name="catalog_appointmenttype_same_policy",
                field="cancellation_policy_id",
                to="catalog.CancellationPolicy",
            ),
            RowSecurity(name="catalog_appointmenttype_rows", portal="SELECT", portal_where=OFFERED.format("true")),
        ]

    def __str__(self) -> str:
        return self.name
