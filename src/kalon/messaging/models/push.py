"""Notifications on a patient's own devices: who may send them, and where they go."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.encrypted import EncryptedText, KeyedRecord
from kalon.kernel.models.records import OrganizationRecord, PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization


class PushKey(KeyedRecord, OrganizationRecord):
    """The pair of keys by which a push service knows this clinic (VAPID, RFC 8292); made once, never changed.

    Every subscription is bound to the public one: with a new pair, all devices would have to ask again.
    """

    public_key = models.CharField(max_length=100)  # uncompressed point, base64url without padding
    private_key = EncryptedText(max_length=100)  # the scalar, base64url without padding

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="messaging_pushkey_of_organization"),
            RowSecurity(
                name="messaging_pushkey_rows",
                app="SELECT, INSERT, UPDATE",  # UPDATE: the master key turns
                portal="SELECT (id, organization_id, public_key)",
            ),
        ]

    def __str__(self) -> str:
        return self.public_key


class PushSubscription(PatientRecord):
    """One browser that asked for notifications about one patient; ended when the browser or the person says so."""

    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+", editable=False)
    device = models.CharField(max_length=120, blank=True)
    endpoint = EncryptedText(key="patient.data_key", max_length=1000)
    endpoint_hash = models.CharField(max_length=64, editable=False)
    p256dh = EncryptedText(key="patient.data_key", max_length=100)
    auth = EncryptedText(key="patient.data_key", max_length=40)
    ended_at = models.DateTimeField(null=True)

    user_id: UUID
    objects: ClassVar[models.Manager["PushSubscription"]]

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "patient", "endpoint_hash"],
                condition=Q(ended_at=None),
                name="messaging_pushsubscription_once",
            ),
            SameOrganization(name="messaging_pushsubscription_same_patient", field="patient_id", to="patients.Patient"),
            RowSecurity(name="messaging_pushsubscription_rows", patient="patient_id", portal="SELECT, INSERT, UPDATE"),
        ]

    def __str__(self) -> str:
        return self.device or "a browser"
