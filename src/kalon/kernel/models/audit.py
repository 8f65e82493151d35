"""The log: who read, moved, exported or was denied what; and the seals over it."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from kalon.kernel.grants import TableGrants
from kalon.kernel.rows import PortalReads, RowSecurity
from kalon.kernel.triggers import Trigger, append_only

STAMP = """
    parts := kalon_context();
    IF parts IS NOT NULL THEN
        NEW.actor_kind := parts[2];
        NEW.user_id := NULLIF(parts[5], '')::uuid;
    END IF;
    NEW.at := kalon_now();
    NEW.xact := pg_current_xact_id()::text::bigint;
    NEW.cluster := (SELECT system_identifier FROM pg_control_system());
    RETURN NEW;"""

# Who looked at a patient's record, when and what for: theirs to read. Not from where, nor the facts of the desk.
SHOWN_TO_PATIENTS = (
    "id", "at", "organization_id", "patient_id", "user_id", "actor_name", "actor_kind", "kind", "subject_table",
    "purpose",
)  # fmt: skip


class AuditEvent(models.Model):
    """One entry of the log. It never holds a patient's name, and nobody can change or remove it.

    `at`, `xact`, `cluster` are written by the database, and so are `user_id` and `actor_kind` wherever there is
    a signed context: what the application sends for them is ignored.
    """

    class Kind(models.TextChoices):
        READ = "READ", "read"
        MOVE = "MOVE", "moved"
        SIGN_IN = "SIGN_IN", "signed in"
        SIGN_IN_FAILED = "SIGN_IN_FAILED", "failed to sign in"
        EXPORT = "EXPORT", "exported"
        CHANGE = "CHANGE", "changed"
        DENIED = "DENIED", "was denied"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(editable=False)
    xact = models.BigIntegerField(editable=False)
    cluster = models.BigIntegerField(editable=False)
    organization_id = models.UUIDField(null=True, editable=False)
    patient_id = models.UUIDField(null=True, editable=False)
    user_id = models.UUIDField(null=True, editable=False)
    actor_name = models.TextField(editable=False)
    actor_kind = models.TextField(editable=False)
    kind = models.TextField(choices=Kind.choices, editable=False)
    subject_table = models.TextField(default="", editable=False)
    subject_id = models.UUIDField(null=True, editable=False)
    move = models.TextField(default="", editable=False)
    from_state = models.TextField(default="", editable=False)
    to_state = models.TextField(default="", editable=False)
    reason = models.TextField(default="", editable=False)
    purpose = models.TextField(default="", editable=False)
    origin_ip = models.GenericIPAddressField(null=True, editable=False)
    request_id = models.TextField(default="", editable=False)
    facts = models.JSONField(default=dict, editable=False)

    class Meta:
        app_label = "kernel"
        db_table = "kernel_auditevent"
        indexes = [
            models.Index(fields=["subject_id", "kind", "at"], name="kernel_auditevent_subject"),
            models.Index(fields=["patient_id", "at"], name="kernel_auditevent_patient"),
            models.Index(fields=["user_id", "at"], name="kernel_auditevent_user"),
            models.Index(fields=["cluster", "xact", "id"], name="kernel_auditevent_batch"),
            BrinIndex(fields=["at"], name="kernel_auditevent_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["READ", "MOVE", "SIGN_IN", "SIGN_IN_FAILED", "EXPORT", "CHANGE", "DENIED"]
                ),
                name="kernel_auditevent_kind",
            ),
            Trigger(name="kernel_auditevent_stamp", events="BEFORE INSERT", body=STAMP, declare="parts text[];"),
            *append_only("kernel_auditevent", name="kernel_auditevent_append_only"),
            RowSecurity(name="kernel_auditevent_rows", app="SELECT, INSERT", portal="INSERT", reviewed="SELECT"),
            PortalReads(name="kernel_auditevent_own", columns=SHOWN_TO_PATIENTS),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.get_kind_display()} {self.subject_table}"


class AuditSeal(models.Model):
    """The Merkle root over one batch of finished transactions, chained to the seal before it.

    `row_ids` and `leaves` (32 bytes a row) let a later check name the row that differs; the root vouches for them.
    """

    number = models.BigIntegerField(primary_key=True)
    cluster = models.BigIntegerField()
    from_xact = models.BigIntegerField()
    to_xact = models.BigIntegerField()
    count = models.IntegerField()
    root = models.BinaryField()
    previous_root = models.BinaryField()
    row_ids = ArrayField(models.BigIntegerField())
    leaves = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        app_label = "kernel"
        db_table = "kernel_auditseal"
        constraints = [
            *append_only("kernel_auditseal", name="kernel_auditseal_append_only"),
            TableGrants(name="kernel_auditseal_grants", app="SELECT, INSERT", reviewed="SELECT"),
        ]
