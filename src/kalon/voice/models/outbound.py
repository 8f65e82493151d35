"""Who stands behind the tokens of a session, what was sent outside, and what a clinic takes out besides."""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.encrypted import EncryptedJSON, EncryptedText, KeyedRecord
from kalon.kernel.models.keys import goes_with_proof
from kalon.kernel.models.records import OrganizationRecord, PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger
from kalon.voice.models.guards import REFUSED, pattern_kept, unheld

OF_PATIENT = r"^PATIENT_[A-Z0-9]{6}$"
OF_CLINIC = r"^\[[A-Z]{2,20}(_[A-Z]{2,20})?_REDACTED\]$"
THROUGH_PATIENT = ("organization_id", "patient_id")


class Mapping(KeyedRecord, PatientRecord):
    """The people of one recorded session and the tokens that stand for them, until it expires and its key is destroyed.

    `session` is the recording; `people` are the registered identifiers of patient, relatives and staff.
    """

    session = models.OneToOneField("voice.VoiceSession", on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=14)
    people: Any = EncryptedJSON()
    expires_at = models.DateTimeField()

    session_id: UUID

    class Meta:
        db_table = "voice_mapping"
        constraints = [
            goes_with_proof("voice_mapping"),
            models.UniqueConstraint(fields=["organization", "token"], name="voice_mapping_token"),
            models.UniqueConstraint(fields=[*THROUGH_PATIENT, "id"], name="voice_mapping_of_patient"),
            models.CheckConstraint(condition=Q(("token__regex", OF_PATIENT)), name="voice_mapping_form"),
            Trigger(
                name="voice_mapping_fixed",
                events="BEFORE UPDATE",
                body=f"""
    IF to_jsonb(NEW) - 'data_key' <> to_jsonb(OLD) - 'data_key'
            OR NEW.data_key IS NOT NULL AND OLD.data_key IS NULL THEN
        RAISE EXCEPTION 'who stands behind a token never changes; begin another session'
            {REFUSED} = 'voice_mapping_fixed';
    END IF;
    IF NEW.data_key IS NULL AND OLD.data_key IS NOT NULL THEN
        {unheld("OLD.session_id", "voice_mapping_held")}
    END IF;
    RETURN NEW;""",
            ),
            SameOrganization(
                name="voice_mapping_session_of_patient",
                field="session_id",
                to="voice.VoiceSession",
                through=THROUGH_PATIENT,
            ),
            RowSecurity(name="voice_mapping_rows", patient="patient_id"),
        ]


class Outbound(KeyedRecord, PatientRecord):
    """One text that was to go to an outside engine: as it was, why it was refused, and what came back.

    Both are sealed under the patient's key and the row's own, which goes with the words they were made of. `reasons`
    say what was found and where, never the thing itself; with any of them the text did not leave.
    """

    mapping = models.ForeignKey(Mapping, on_delete=models.PROTECT, related_name="+")
    usage = models.OneToOneField("voice.Usage", on_delete=models.PROTECT, null=True, related_name="+")
    engine = models.CharField(max_length=80)
    asked_by = models.CharField(max_length=200)
    sent: Any = EncryptedText(key="patient.data_key", also="data_key")
    reasons = models.JSONField(default=list)
    received: Any = EncryptedText(key="patient.data_key", also="data_key", null=True)
    failure = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True)

    mapping_id: UUID
    usage_id: UUID | None

    class Meta:
        db_table = "voice_outbound"
        ordering = ["-id"]
        indexes = [models.Index(fields=["organization", "-id"], name="voice_outbound_latest")]
        constraints = [
            goes_with_proof("voice_outbound"),
            models.CheckConstraint(
                condition=Q(answered_at=None, received__isnull=True, failure="")
                | Q(answered_at__isnull=False, received__isnull=False, failure="")
                | Q(answered_at__isnull=False, received__isnull=True) & ~Q(failure=""),
                name="voice_outbound_answered",
            ),
            models.CheckConstraint(condition=Q(reasons=[]) | Q(answered_at=None), name="voice_outbound_refused_stays"),
            Trigger(
                name="voice_outbound_kept",
                events="BEFORE INSERT OR UPDATE OR DELETE",
                declare="free text[] := ARRAY['received', 'failure', 'answered_at', 'data_key'];",
                body=f"""
    IF TG_OP = 'INSERT' THEN
        IF NEW.reasons = '[]' AND NOT EXISTS (SELECT FROM voice_mapping WHERE id = NEW.mapping_id
                AND data_key IS NOT NULL AND expires_at > kalon_now()) THEN
            RAISE EXCEPTION 'nothing leaves once a session has expired' {REFUSED} = 'voice_outbound_live';
        END IF;
        IF NEW.reasons = '[]' AND NOT EXISTS (SELECT FROM voice_outsideengine
                WHERE organization_id = NEW.organization_id AND name = NEW.engine AND is_on) THEN
            RAISE EXCEPTION 'this engine is not switched on' {REFUSED} = 'voice_outbound_switched_on';
        END IF;
        IF NEW.reasons = '[]' AND NOT EXISTS (SELECT FROM voice_usage WHERE id = NEW.usage_id
                AND engine = NEW.engine AND is_outside AND settled_at IS NULL) THEN
            RAISE EXCEPTION 'nothing leaves whose cost is not written down' {REFUSED} = 'voice_outbound_accounted';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.answered_at IS NOT NULL THEN
        free := ARRAY['data_key'];
    END IF;
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - free <> to_jsonb(OLD) - free
            OR OLD.data_key IS NULL AND NEW.data_key IS NOT NULL THEN
        RAISE EXCEPTION 'what was sent and what came back is kept as it was' {REFUSED} = 'voice_outbound_kept';
    END IF;
    IF NEW.data_key IS NULL AND OLD.data_key IS NOT NULL THEN
        {unheld("(SELECT session_id FROM voice_mapping WHERE id = OLD.mapping_id)", "voice_outbound_held")}
    END IF;
    RETURN NEW;""",  # noqa: S608
            ),
            SameOrganization(name="voice_outbound_usage", field="usage_id", to="voice.Usage", through=THROUGH_PATIENT),
            SameOrganization(
                name="voice_outbound_mapping_of_patient",
                field="mapping_id",
                to="voice.Mapping",
                through=THROUGH_PATIENT,
            ),
            RowSecurity(name="voice_outbound_rows", patient="patient_id"),
        ]

    @property
    def is_refused(self) -> bool:
        """Whether the gate kept it in the house."""
        return bool(self.reasons)


class OwnPattern(OrganizationRecord):
    """What a clinic takes out besides what is built in; switched off, reworded by a row that `replaces` it, kept."""

    name = models.CharField(max_length=60)
    regex = models.CharField(max_length=200)
    token = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)
    written_by = models.CharField(max_length=200)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reworded")
    ended_at = models.DateTimeField(null=True)

    replaces_id: UUID | None

    class Meta:
        db_table = "voice_ownpattern"
        ordering = ["name", "id"]
        constraints = [
            pattern_kept(),
            models.UniqueConstraint(
                fields=["organization", "name"], condition=Q(ended_at=None), name="voice_ownpattern_name"
            ),
            models.UniqueConstraint(fields=["organization", "id"], name="voice_ownpattern_here"),
            models.CheckConstraint(condition=Q(("token__regex", OF_CLINIC)), name="voice_ownpattern_token"),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(is_active=False), name="voice_ownpattern_ended"),
            SameOrganization(name="voice_ownpattern_before", field="replaces_id", to="voice.OwnPattern"),
            RowSecurity(name="voice_ownpattern_rows"),
        ]
