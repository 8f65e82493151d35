"""The words of a consent: a template, its numbered versions, and each version in several languages."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.consents.lifecycles import OF_PLAN, VERSION, Kind, VersionStatus
from kalon.consents.models import guards
from kalon.kernel.lifecycle import Staged, seal_children
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

PUBLISHED_ONCE = "status <> 'DRAFT'"


class Template(OrganizationRecord):
    """One paper that patients may be asked to sign, by the name the staff know it by.

    `procedures`: what of the procedure catalogue it is about; none for a paper about any.
    """

    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=120)

    versions: "RelatedManager[Version]"
    procedures: "RelatedManager[TemplateProcedure]"

    class Meta:
        ordering = ["kind", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="consents_template_name_once"),
            models.UniqueConstraint(fields=["organization", "kind", "id"], name="consents_template_of_kind"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="consents_template_kind"),
            RowSecurity(name="consents_template_rows", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return self.name


class TemplateProcedure(OrganizationRecord):
    """One procedure of the catalogue that a paper is about."""

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="procedures")
    kind = models.CharField(max_length=20, choices=Kind.choices, editable=False)
    procedure = models.ForeignKey("catalog.Procedure", on_delete=models.PROTECT, related_name="+")

    template_id: UUID
    procedure_id: UUID

    class Meta:
        ordering = ["template", "procedure__name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["template", "procedure"], name="consents_templateprocedure_once"),
            models.CheckConstraint(condition=Q(kind__in=OF_PLAN), name="consents_templateprocedure_kind"),
            SameOrganization(
                name="consents_templateprocedure_of_kind",
                field="template_id",
                to="consents.Template",
                through=("organization_id", "kind"),
            ),
            SameOrganization(name="consents_templateprocedure_here", field="procedure_id", to="catalog.Procedure"),
            RowSecurity(name="consents_templateprocedure_rows", app="SELECT, INSERT, DELETE", portal="SELECT"),
        ]


class Version(OrganizationRecord, Staged):
    """A numbered version of a template's words: written as a draft, sealed for good when it is published.

    `valid_months` is how long a signature holds, None until it is withdrawn. `needs_surgeon`, `needs_staff` and
    `needs_witness`: who signs beside the patient.
    """

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="versions")
    kind = models.CharField(max_length=20, choices=Kind.choices, editable=False)
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, choices=VersionStatus.choices, default=VersionStatus.DRAFT, editable=False)
    valid_months = models.PositiveSmallIntegerField(null=True)
    needs_surgeon = models.BooleanField(default=False)
    needs_staff = models.BooleanField(default=False)
    needs_witness = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=200, blank=True)

    texts: "RelatedManager[Text]"
    template_id: UUID

    class Meta:
        ordering = ["template", "-number"]
        constraints = [
            *VERSION.rules("consents_version"),
            guards.published_with_words(),
            models.UniqueConstraint(fields=["template", "number"], name="consents_version_number_once"),
            models.UniqueConstraint(
                fields=["template"], condition=Q(status=VersionStatus.PUBLISHED), name="consents_version_one_in_use"
            ),
            models.UniqueConstraint(
                fields=["template"], condition=Q(status=VersionStatus.DRAFT), name="consents_version_one_draft"
            ),
            models.UniqueConstraint(fields=["organization", "kind", "id"], name="consents_version_of_kind"),
            models.UniqueConstraint(fields=["organization", "id"], name="consents_version_in_organization"),
            models.CheckConstraint(
                condition=Q(number__gte=1) & (Q(valid_months=None) | Q(valid_months__range=(1, 120))),
                name="consents_version_months",
            ),
            models.CheckConstraint(
                condition=Q(needs_surgeon=False) | Q(kind__in=OF_PLAN), name="consents_version_surgeon_of_plan"
            ),
            SameOrganization(
                name="consents_version_same_kind",
                field="template_id",
                to="consents.Template",
                through=("organization_id", "kind"),
            ),
            RowSecurity(name="consents_version_rows", portal="SELECT", portal_where=PUBLISHED_ONCE),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.status == VersionStatus.DRAFT


class Text(OrganizationRecord):
    """The words of a version in one language (ISO 639-1), as `rules.wording` reads them; sealed with the version."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(max_length=12)
    title = models.CharField(max_length=120)
    body = models.TextField()
    sha256 = models.CharField(max_length=64)

    version_id: UUID

    class Meta:
        ordering = ["version", "language"]
        constraints = [
            seal_children(
                "consents_text", parent="consents_version", key="version_id", states=[str(s) for s in VERSION.seals]
            ),
            models.UniqueConstraint(fields=["version", "language"], name="consents_text_language_once"),
            models.UniqueConstraint(
                fields=["organization", "version", "language", "id"], name="consents_text_of_version"
            ),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="consents_text_fingerprint"),
            SameOrganization(name="consents_text_version_here", field="version_id", to="consents.Version"),
            RowSecurity(
                name="consents_text_rows",
                app="SELECT, INSERT, UPDATE, DELETE",
                portal="SELECT",
                portal_where="version_id IN (SELECT id FROM consents_version WHERE status <> 'DRAFT')",
            ),
        ]
