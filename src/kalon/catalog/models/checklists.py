"""What is gone through before and after a procedure: a list for each, in versions."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.catalog.lifecycles import Moment, Who
from kalon.catalog.models.procedures import Procedure
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger, append_only

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

MOST_ITEMS = 40


class Checklist(OrganizationRecord):
    """One version of a procedure's list, written once with its `size` items; the newest version counts.

    A plan keeps the version that counted when it was approved. A version without items ends the list.
    """

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="checklists")
    version = models.PositiveSmallIntegerField()
    size = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=300, blank=True)
    written_by = models.CharField(max_length=200)

    procedure_id: UUID
    items: "RelatedManager[ChecklistItem]"

    class Meta:
        ordering = ["procedure", "-version"]
        constraints = [
            *append_only("catalog_checklist", name="catalog_checklist_stays"),
            models.UniqueConstraint(fields=["procedure", "version"], name="catalog_checklist_version_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="catalog_checklist_in_organization"),
            models.CheckConstraint(
                condition=Q(version__gte=1, size__lte=MOST_ITEMS) & ~Q(written_by=""), name="catalog_checklist_size"
            ),
            SameOrganization(name="catalog_checklist_same_procedure", field="procedure_id", to="catalog.Procedure"),
            RowSecurity(name="catalog_checklist_rows", app="SELECT, INSERT"),
        ]

    def __str__(self) -> str:
        return f"Version {self.version}"


def _written_with_its_list() -> Trigger:
    """A version holds as many items as it said when it was written: none is slipped in later."""
    body = """
    IF EXISTS (SELECT FROM catalog_checklist list WHERE list.id = NEW.checklist_id
        AND NEW.position BETWEEN 1 AND list.size) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a version of a list holds what it held when it was written'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'catalog_checklistitem_of_its_version';"""
    return Trigger(name="catalog_checklistitem_of_its_version", events="BEFORE INSERT", body=body)


class ChecklistItem(OrganizationRecord):
    """One thing to do: when, by whom, and whether what comes next waits for it."""

    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    moment = models.CharField(max_length=6, choices=Moment)
    who = models.CharField(max_length=12, choices=Who)
    words = models.CharField(max_length=200)
    is_required = models.BooleanField(default=True)

    checklist_id: UUID

    class Meta:
        ordering = ["checklist", "position"]
        constraints = [
            *append_only("catalog_checklistitem", name="catalog_checklistitem_stays"),
            _written_with_its_list(),
            models.UniqueConstraint(fields=["checklist", "position"], name="catalog_checklistitem_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="catalog_checklistitem_in_organization"),
            models.CheckConstraint(
                condition=Q(moment__in=Moment.values, who__in=Who.values, words__regex=r"\S"),
                name="catalog_checklistitem_said",
            ),
            SameOrganization(name="catalog_checklistitem_same_checklist", field="checklist_id", to="catalog.Checklist"),
            RowSecurity(
                name="catalog_checklistitem_rows",
                app="SELECT, INSERT",
                portal="SELECT",
                portal_where="(SELECT kalon_patient()) IS NOT NULL AND who = 'PATIENT'",
            ),
        ]

    def __str__(self) -> str:
        return self.words
