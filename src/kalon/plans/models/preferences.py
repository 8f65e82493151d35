"""What a patient wishes of the catalogue and does not want: said again it is a further row, the newest counts."""

# ruff: noqa: S608  (these strings are the rules themselves; nothing in them comes from outside)

from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.catalog.lifecycles import Category
from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger, append_only

TABLE = "plans_procedurepreference"


class Wish(models.TextChoices):
    """What a patient thinks of a procedure, or of a whole part of the catalogue."""

    INTERESTED = "INTERESTED", "Interested"
    UNDECIDED = "UNDECIDED", "Not sure yet"
    NOT_WANTED = "NOT_WANTED", "Not wanted"
    WITHDRAWN = "WITHDRAWN", "Taken back"


def _own_name() -> Trigger:
    """Said under the name of whoever acts: by the patient who is signed in, or written down by one of the staff."""
    body = f"""
    IF NEW.said_by_id = (SELECT kalon_user()) AND (CASE WHEN current_user = 'kalon_portal' THEN NEW.heard_by_id IS NULL
        ELSE EXISTS (SELECT FROM people_staff WHERE id = NEW.heard_by_id AND user_id = NEW.said_by_id) END)
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'nobody says a wish in the name of somebody else'
        USING ERRCODE = 'check_violation', CONSTRAINT = '{TABLE}_own_name';"""
    return Trigger(name=f"{TABLE}_own_name", events="BEFORE INSERT", body=body)


class ProcedurePreference(PatientRecord):
    """One wish, about a procedure of the catalogue or about a whole category; the newest about it counts.

    `note`: in the patient's words, such as how, by whom, when, or what it may cost. `said_by` is the account that
    wrote it: the patient's or a guardian's own, or that of the member of staff who heard it (`heard_by`).
    """

    procedure = models.ForeignKey("catalog.Procedure", on_delete=models.PROTECT, null=True, related_name="+")
    category = models.CharField(max_length=16, choices=Category.choices, blank=True, default="")
    wish = models.CharField(max_length=12, choices=Wish.choices)
    note = EncryptedText(key="patient.data_key", blank=True, default="")
    said_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    heard_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")

    procedure_id: UUID | None
    said_by_id: UUID
    heard_by_id: UUID | None

    class Meta:
        db_table = TABLE
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["patient", "procedure", "category", "-created_at"], name="plans_preference_of_patient")
        ]
        constraints = [
            *append_only(TABLE, name=f"{TABLE}_stays"),
            _own_name(),
            RowSecurity(name=f"{TABLE}_rows", patient="patient_id", app="SELECT, INSERT", portal="SELECT, INSERT"),
            SameOrganization(name=f"{TABLE}_patient_here", field="patient_id", to="patients.Patient"),
            SameOrganization(name=f"{TABLE}_procedure_here", field="procedure_id", to="catalog.Procedure"),
            SameOrganization(name=f"{TABLE}_heard_by_here", field="heard_by_id", to="people.Staff"),
            models.CheckConstraint(
                name=f"{TABLE}_about",
                condition=Q(procedure__isnull=False, category="") | Q(procedure=None, category__in=Category.values),
            ),
            models.CheckConstraint(name=f"{TABLE}_wish", condition=Q(wish__in=Wish.values)),
        ]

    def __str__(self) -> str:
        return f"{self.about}: {self.get_wish_display().lower()}"

    @property
    def about(self) -> str:
        return self.procedure.name if self.procedure else f"{self.get_category_display()}, anything"

    @property
    def subject(self) -> str:
        """What it is about, as one word: the procedure's id, or the category."""
        return str(self.procedure_id or self.category)

    @property
    def is_refusal(self) -> bool:
        return self.wish == Wish.NOT_WANTED

    @property
    def by_patient(self) -> bool:
        return self.heard_by_id is None

    @property
    def said_at(self) -> datetime:
        return self.created_at
