"""The treatment record of a session: what was found, done and given, what went wrong, and what was added later."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger, append_only

if TYPE_CHECKING:
    from django.db.models.constraints import BaseConstraint

THROUGH_PATIENT = ("organization_id", "patient_id")


def _while(table: str, *states: str) -> Trigger:
    """Rows are written only while their session is in one of these states."""
    allowed = ", ".join(f"'{state}'" for state in states)
    body = f"""
    IF TG_OP = 'DELETE' THEN
        kept := OLD.session_id;
    ELSE
        kept := NEW.session_id;
    END IF;
    PERFORM 1 FROM plans_proceduresession WHERE id = kept AND status IN ({allowed}) FOR SHARE;
    IF NOT FOUND OR TG_OP = 'UPDATE' AND OLD.session_id <> NEW.session_id THEN
        RAISE EXCEPTION 'this is written while the session is under way; afterwards an addendum is'
            USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_while';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;"""
    return Trigger(name=f"{table}_while", events="BEFORE INSERT OR UPDATE OR DELETE", body=body, declare="kept uuid;")


def _of_session(table: str, short: str, *, app: str) -> "list[BaseConstraint]":
    return [
        RowSecurity(name=f"{table}_rows", app=app),
        SameOrganization(name=f"plans_{short}_patient_here", field="patient_id", to="patients.Patient"),
        SameOrganization(
            name=f"plans_{short}_of_session", field="session_id", to="plans.ProcedureSession", through=THROUGH_PATIENT
        ),
    ]


class TreatmentRecord(PatientRecord):
    """What was found before, done, and seen after a session; written while it is under way, sealed when it is done.

    `next_on`: the day that is proposed for the next session, on the branch's clock.
    """

    session = models.OneToOneField("plans.ProcedureSession", on_delete=models.PROTECT, related_name="record")
    before = EncryptedText(key="patient.data_key", blank=True, default="")
    procedure = EncryptedText(key="patient.data_key", blank=True, default="")
    after = EncryptedText(key="patient.data_key", blank=True, default="")
    next_on = models.DateField(null=True)

    session_id: UUID

    class Meta:
        db_table = "plans_treatmentrecord"
        constraints = [
            _while("plans_treatmentrecord", "IN_PROGRESS"),
            *_of_session("plans_treatmentrecord", "record", app="SELECT, INSERT, UPDATE"),
        ]


class TreatmentParameter(PatientRecord):
    """One setting of a session: "energy 12 J/cm²", of a pass where there were several."""

    session = models.ForeignKey("plans.ProcedureSession", on_delete=models.PROTECT, related_name="parameters")
    position = models.PositiveSmallIntegerField()
    pass_number = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=60)
    value = EncryptedText(key="patient.data_key")
    unit = models.CharField(max_length=20, blank=True, default="")

    session_id: UUID

    class Meta:
        db_table = "plans_treatmentparameter"
        ordering = ["position"]
        constraints = [
            _while("plans_treatmentparameter", "IN_PROGRESS"),
            *_of_session("plans_treatmentparameter", "parameter", app="SELECT, INSERT, UPDATE, DELETE"),
            models.UniqueConstraint(fields=["session", "position"], name="plans_parameter_position_once"),
            models.CheckConstraint(name="plans_parameter_named", condition=~Q(name="") & Q(pass_number__range=(1, 20))),
        ]


class Complication(PatientRecord):
    """Something that went wrong in or after a session; one that shows later is added to the sealed record."""

    class Kind(models.TextChoices):
        PAIN = "PAIN", "Strong pain"
        SWELLING = "SWELLING", "Swelling"
        BRUISING = "BRUISING", "Bruising"
        BURN = "BURN", "Burn or blister"
        PIGMENT = "PIGMENT", "Change of pigment"
        INFECTION = "INFECTION", "Infection"
        ALLERGY = "ALLERGY", "Allergic reaction"
        VASCULAR = "VASCULAR", "Vascular occlusion"
        FAINTING = "FAINTING", "Fainting"
        SCAR = "SCAR", "Scar"
        OTHER = "OTHER", "Something else"

    class Severity(models.TextChoices):
        MILD = "MILD", "Mild: passes by itself"
        MODERATE = "MODERATE", "Moderate: was treated"
        SEVERE = "SEVERE", "Severe: needs urgent care"

    session = models.ForeignKey("plans.ProcedureSession", on_delete=models.PROTECT, related_name="complications")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    severity = models.CharField(max_length=12, choices=Severity.choices)
    words = EncryptedText(key="patient.data_key", blank=True, default="")
    noted_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")

    session_id: UUID
    noted_by_id: UUID

    class Meta:
        db_table = "plans_complication"
        ordering = ["id"]
        constraints = [
            _while("plans_complication", "IN_PROGRESS", "COMPLETED"),
            *append_only("plans_complication", name="plans_complication_kept"),
            *_of_session("plans_complication", "complication", app="SELECT, INSERT"),
            SameOrganization(name="plans_complication_noted_by_here", field="noted_by_id", to="people.Staff"),
            models.CheckConstraint(
                name="plans_complication_severity", condition=Q(severity__in=["MILD", "MODERATE", "SEVERE"])
            ),
        ]


class SessionAddendum(PatientRecord):
    """What was added to, or corrected in, the sealed record of a session: the words before it stay."""

    session = models.ForeignKey("plans.ProcedureSession", on_delete=models.PROTECT, related_name="addenda")
    text = EncryptedText(key="patient.data_key")
    written_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")

    session_id: UUID
    written_by_id: UUID

    class Meta:
        db_table = "plans_sessionaddendum"
        ordering = ["id"]
        constraints = [
            _while("plans_sessionaddendum", "COMPLETED"),
            *append_only("plans_sessionaddendum", name="plans_sessionaddendum_kept"),
            *_of_session("plans_sessionaddendum", "addendum", app="SELECT, INSERT"),
            SameOrganization(name="plans_addendum_written_by_here", field="written_by_id", to="people.Staff"),
        ]
