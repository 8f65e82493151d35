"""What was ever written in a note, what was added after the signature, and the clinic's templates."""

from uuid import UUID

from django.db import models

from kalon.consultations.lifecycles import SEALED, Section, Status
from kalon.consultations.models.names import in_own_name
from kalon.kernel import clock
from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import seal_children
from kalon.kernel.models.records import OrganizationRecord, PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger, append_only


class NoteVersion(PatientRecord):
    """One section of a note as somebody saved it; only ever added.

    `edition` counts within the section. A version that `stands` was the note's text from then on; one that does not
    was written at the same time as somebody else's and is kept beside it until one of the two chooses.
    """

    consultation = models.ForeignKey("consultations.Consultation", on_delete=models.PROTECT, related_name="versions")
    section = models.CharField(max_length=20, choices=Section.choices)
    edition = models.PositiveIntegerField()
    text = EncryptedText(key="patient.data_key", blank=True)
    stands = models.BooleanField()
    settles = models.BooleanField(default=False)  # somebody chose between what stood and what was written beside it
    written_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(default=clock.now)

    consultation_id: UUID
    written_by_id: UUID | None

    class Meta:
        db_table = "consultations_noteversion"
        ordering = ["consultation", "section", "edition"]
        constraints = [
            RowSecurity(name="consultations_noteversion_rows", app="SELECT, INSERT"),
            SameOrganization(name="noteversion_patient_here", field="patient_id", to="patients.Patient"),
            SameOrganization(
                name="noteversion_consultation_of_patient",
                field="consultation_id",
                to="consultations.Consultation",
                through=("organization_id", "patient_id"),
            ),
            seal_children(
                "consultations_noteversion", parent="consultations_consultation", key="consultation_id", states=SEALED
            ),
            models.UniqueConstraint(fields=["consultation", "section", "edition"], name="noteversion_once"),
            *append_only("consultations_noteversion", name="consultations_noteversion_stays"),
        ]


class Addendum(PatientRecord):
    """What a member of staff added to a signed note, in their own name; never changed, never removed."""

    consultation = models.ForeignKey("consultations.Consultation", on_delete=models.PROTECT, related_name="addenda")
    text = EncryptedText(key="patient.data_key")
    signed_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(default=clock.now)

    consultation_id: UUID

    class Meta:
        db_table = "consultations_addendum"
        ordering = ["id"]
        constraints = [
            RowSecurity(name="consultations_addendum_rows", app="SELECT, INSERT"),
            SameOrganization(name="addendum_patient_here", field="patient_id", to="patients.Patient"),
            SameOrganization(
                name="addendum_consultation_of_patient",
                field="consultation_id",
                to="consultations.Consultation",
                through=("organization_id", "patient_id"),
            ),
            Trigger(
                name="consultations_addendum_after_signing",
                events="BEFORE INSERT",
                body=f"""
    IF NOT EXISTS (
        SELECT FROM consultations_consultation WHERE id = NEW.consultation_id AND status = '{Status.CLOSED}'
    ) THEN
        RAISE EXCEPTION 'an addendum follows a signed note'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_addendum_after_signing';
    END IF;
    RETURN NEW;""",
            ),
            Trigger(
                name="consultations_addendum_in_own_name",
                events="BEFORE INSERT",
                body=in_own_name("signed_by_id", rule="consultations_addendum_in_own_name"),
            ),
            *append_only("consultations_addendum", name="consultations_addendum_stays"),
        ]


class NoteTemplate(OrganizationRecord):
    """Words to begin a note with, for a service or a specialty; `sections` maps a section to its text.

    The text may hold smart fields such as `{patient.age}`, filled when the template is put into a note.
    """

    name = models.CharField(max_length=100)
    specialty = models.CharField(max_length=100, blank=True)
    service = models.ForeignKey("catalog.Service", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sections = models.JSONField(default=dict)
    is_active = models.BooleanField(default=True)

    service_id: UUID | None

    class Meta:
        db_table = "consultations_notetemplate"
        ordering = ["name"]
        constraints = [
            RowSecurity(name="consultations_notetemplate_rows"),
            SameOrganization(name="notetemplate_service_here", field="service_id", to="catalog.Service"),
            models.UniqueConstraint(fields=["organization", "name"], name="notetemplate_name_once"),
        ]
