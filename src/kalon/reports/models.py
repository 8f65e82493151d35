"""What staff earn of what they do. Reports themselves have no tables: they are read from the books."""

from datetime import date
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger

ANYBODY = UUID(int=0)
FIXED = """
    IF to_jsonb(NEW) - 'valid_to' <> to_jsonb(OLD) - 'valid_to' THEN
        RAISE EXCEPTION 'terms are ended and followed by others, never changed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reports_commissionterm_fixed';
    END IF;
    RETURN NEW;"""


class Days(Func):
    """From and to as one range of days, open at the end when there is none."""

    function = "daterange"
    output_field = DateRangeField()


class CommissionTerm(OrganizationRecord):
    """So many per cent of what a member of staff, or everybody of a kind, earns by a service, or by all.

    `valid_to` is the first day on which it no longer holds. It is reported, not paid out.
    """

    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    staff_kind = models.CharField(max_length=16, blank=True)
    service = models.ForeignKey("catalog.Service", on_delete=models.PROTECT, null=True, related_name="+")
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    staff_id: UUID | None
    service_id: UUID | None

    class Meta:
        ordering = ["-valid_from", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(staff__isnull=False, staff_kind="") | Q(staff__isnull=True) & ~Q(staff_kind=""),
                name="reports_commissionterm_whose",
            ),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="reports_commissionterm_percent"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="reports_commissionterm_ends_later"
            ),
            ExclusionConstraint(
                name="reports_commissionterm_one_a_day",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    (Coalesce("staff", Value(ANYBODY)), RangeOperators.EQUAL),
                    ("staff_kind", RangeOperators.EQUAL),
                    (Coalesce("service", Value(ANYBODY)), RangeOperators.EQUAL),
                    (Days("valid_from", "valid_to", Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
            Trigger(name="reports_commissionterm_fixed", events="BEFORE UPDATE", body=FIXED),
            SameOrganization(name="reports_commissionterm_same_staff", field="staff_id", to="people.Staff"),
            SameOrganization(name="reports_commissionterm_same_service", field="service_id", to="catalog.Service"),
            RowSecurity(name="reports_commissionterm_rows"),
        ]

    def __str__(self) -> str:
        return f"{self.percent.normalize():f}%"

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)
