"""Who may act for a patient in the portal, and registrations that wait for their code."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.encrypted import EncryptedJSON, EncryptedText, KeyedRecord
from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import OrganizationRecord, PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.patients.lifecycles import REGISTRATION, RegistrationStatus

MOST_ATTEMPTS, MOST_SENDS = 5, 4


class Relation(models.TextChoices):
    SELF = "SELF", "Myself"
    GUARDIAN = "GUARDIAN", "Guardian"


class PatientAccess(KeyedRecord, PatientRecord):
    """An account that may open one patient's record in the portal: their own, or as their guardian.

    `called` is the patient's first name under a key of its own, so that a guardian can choose whom to act for
    before that patient's record is open.
    """

    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    user_id: UUID
    relation = models.CharField(max_length=8, choices=Relation.choices)
    called = EncryptedText(max_length=100)

    class Meta:
        db_table = "patients_access"
        constraints = [
            models.UniqueConstraint(fields=["user", "patient"], name="patients_access_once"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(relation=Relation.SELF), name="patients_access_one_self"
            ),
            models.UniqueConstraint(
                fields=["patient"], condition=Q(relation=Relation.SELF), name="patients_access_one_account"
            ),
            SameOrganization(name="patients_access_patient_here", field="patient_id", to="patients.Patient"),
            RowSecurity(name="patients_access_rows", portal="SELECT", portal_where="user_id = (SELECT kalon_user())"),
        ]


class Registration(KeyedRecord, Staged, OrganizationRecord):
    """What a visitor typed at /register, encrypted until the code proves that the address is theirs.

    `code_hash` is keyed; `address_hash` lets one address be counted without being read. A registration for an
    address that already has an account looks the same from outside, but no code opens it (`opens` is false).
    Nobody in front of the public pages can read a row: only the verbs of this context, as the system.
    """

    status = models.CharField(
        max_length=12, choices=RegistrationStatus.choices, default=RegistrationStatus.PENDING, editable=False
    )
    payload = EncryptedJSON(null=True)
    channel = models.CharField(max_length=8)
    address_hash = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    opens = models.BooleanField(default=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sends = models.PositiveSmallIntegerField(default=1)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    origin_ip = models.GenericIPAddressField(null=True)
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, null=True, related_name="+")
    patient_id: UUID | None

    class Meta:
        db_table = "patients_registration"
        indexes = [
            models.Index(fields=["address_hash", "created_at"], name="patients_registration_address"),
            models.Index(fields=["origin_ip", "created_at"], name="patients_registration_origin"),
        ]
        constraints = [
            *REGISTRATION.rules("patients_registration", patient="patient_id"),
            models.CheckConstraint(condition=Q(attempts__lte=MOST_ATTEMPTS), name="patients_registration_attempts"),
            models.CheckConstraint(condition=Q(sends__lte=MOST_SENDS), name="patients_registration_sends"),
            models.CheckConstraint(
                condition=~Q(status=RegistrationStatus.CONFIRMED) | Q(opens=True, patient__isnull=False),
                name="patients_registration_confirmed",
            ),
            SameOrganization(name="patients_registration_patient_here", field="patient_id", to="patients.Patient"),
            RowSecurity(name="patients_registration_rows"),
        ]
