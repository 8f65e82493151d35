"""Who works in the clinic, which roles there are, and who holds which where."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.people.models.accounts import User
from kalon.people.models.places import Branch


class Staff(OrganizationRecord):
    """A person who works in the clinic; the account is missing for somebody who never signs in."""

    class Kind(models.TextChoices):
        DOCTOR = "DOCTOR", "Doctor"
        SURGEON = "SURGEON", "Surgeon"
        ANAESTHETIST = "ANAESTHETIST", "Anaesthetist"
        PROVIDER = "PROVIDER", "Remote provider"
        NURSE = "NURSE", "Nurse"
        THERAPIST = "THERAPIST", "Therapist"
        TECHNICIAN = "TECHNICIAN", "Technician"
        PHARMACIST = "PHARMACIST", "Pharmacist"
        DESK = "DESK", "Front desk"
        MANAGER = "MANAGER", "Manager"
        OTHER = "OTHER", "Other"

    user = models.OneToOneField(User, on_delete=models.PROTECT, null=True, blank=True, related_name="staff")
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.OTHER)
    specialty = models.CharField(max_length=120, blank=True)
    registration_number = models.CharField(max_length=60, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name_plural = "staff"
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="people_staff_in_organization"),
            # A patient knows the people who treat them by name, also after they left; nobody else.
            RowSecurity(
                name="people_staff_rows",
                portal="SELECT",
                portal_where="kind IN ('DOCTOR', 'SURGEON', 'ANAESTHETIST', 'PROVIDER', 'NURSE', 'THERAPIST')",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_doctor(self) -> bool:
        """Whether patients come to see this person."""
        return self.kind in DOCTOR_KINDS


DOCTOR_KINDS = (Staff.Kind.DOCTOR, Staff.Kind.SURGEON, Staff.Kind.PROVIDER)
CLINICAL_KINDS = (*DOCTOR_KINDS, Staff.Kind.ANAESTHETIST, Staff.Kind.NURSE, Staff.Kind.THERAPIST)


class Role(OrganizationRecord):
    """A bundle of permissions with a name and one sentence that says what its holder does.

    `offered` is what the versions of Kalon so far gave this role: what a later version adds is given once, and what
    the owner took away stays away. None: a role of the clinic's own, or one from before this was written down.
    """

    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    sentence = models.CharField(max_length=240)
    permissions = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    offered = ArrayField(models.CharField(max_length=60), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="people_role_code_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="people_role_in_organization"),
            RowSecurity(name="people_role_rows"),
        ]

    def __str__(self) -> str:
        return self.name


class RoleAssignment(OrganizationRecord):
    """A role held by a member of staff in one branch, or everywhere; it ends, it is never removed."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="assignments")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="assignments")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "role", "branch"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="people_roleassignment_once",
            ),
            SameOrganization(name="people_roleassignment_same_staff", field="staff_id", to="people.Staff"),
            SameOrganization(name="people_roleassignment_same_role", field="role_id", to="people.Role"),
            SameOrganization(name="people_roleassignment_same_branch", field="branch_id", to="people.Branch"),
            RowSecurity(name="people_roleassignment_rows"),
        ]

    def __str__(self) -> str:
        return f"{self.role} at {self.branch or 'every branch'}"
