"""What a patient is told before and after a procedure, in their language."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.catalog.models.procedures import Procedure
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization

INSTRUCTED_IN = {"en": "English", "hi": "हिन्दी", "ar": "العربية", "ml": "മലയാളം"}
LONGEST_INSTRUCTIONS = 8_000
HEADINGS = {
    "hi": {"PRE_OP": "पहले", "POST_OP": "बाद में", "AFTERCARE": "अगले सप्ताहों में"},
    "ar": {"PRE_OP": "قبل", "POST_OP": "بعد", "AFTERCARE": "في الأسابيع التالية"},
    "ml": {"PRE_OP": "മുമ്പ്", "POST_OP": "ശേഷം", "AFTERCARE": "തുടർന്നുള്ള ആഴ്ചകളിൽ"},
}


class ProcedureInstructions(OrganizationRecord):
    """One text for patients about one procedure: what to do before it, after it, or in the weeks that follow.

    `source` says where its facts come from and who reviewed them.
    """

    class Kind(models.TextChoices):
        PRE_OP = "PRE_OP", "Before"
        POST_OP = "POST_OP", "Afterwards"
        AFTERCARE = "AFTERCARE", "In the weeks that follow"

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="instructions")
    kind = models.CharField(max_length=12, choices=Kind)
    language = models.CharField(max_length=2, choices=list(INSTRUCTED_IN.items()))
    text = models.TextField(max_length=LONGEST_INSTRUCTIONS)
    source = models.CharField(max_length=300, blank=True)

    procedure_id: UUID

    class Meta:
        ordering = ["procedure", "language", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "kind", "language"], name="catalog_instructions_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["PRE_OP", "POST_OP", "AFTERCARE"], language__in=list(INSTRUCTED_IN))
                & Q(text__regex=r"\S"),
                name="catalog_instructions_said",
            ),
            SameOrganization(name="catalog_instructions_same_procedure", field="procedure_id", to="catalog.Procedure"),
            RowSecurity(
                name="catalog_procedureinstructions_rows",
                app="SELECT, INSERT, UPDATE, DELETE",
                portal="SELECT",
                portal_where="(SELECT kalon_patient()) IS NOT NULL",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.language})"

    @property
    def heading(self) -> str:
        """What kind it is, in the language of its text."""
        return HEADINGS.get(self.language, {}).get(self.kind) or self.get_kind_display()
