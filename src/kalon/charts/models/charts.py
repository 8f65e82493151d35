"""A chart of one treatment."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from kalon.charts.lifecycles import CHART, ChartStatus
from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from kalon.charts.models.marks import Point, Setting

SEALED = tuple(str(status) for status in CHART.seals)

FINISHED_IS_WHOLE = """
    IF NEW.status <> 'FINISHED' OR OLD.status = 'FINISHED' THEN RETURN NEW; END IF;
    IF NOT EXISTS (SELECT FROM charts_point WHERE chart_id = NEW.id)
        AND NOT EXISTS (SELECT FROM charts_setting WHERE chart_id = NEW.id) THEN
        RAISE EXCEPTION 'nothing is drawn on this chart'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'charts_chart_not_empty';
    END IF;
    IF EXISTS (SELECT FROM charts_point WHERE chart_id = NEW.id AND batch_id IS NULL) THEN
        RAISE EXCEPTION 'a point names no batch'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'charts_chart_traceable';
    END IF;
    IF EXISTS (
        SELECT FROM (
            SELECT batch_id, sum(quantity) AS quantity FROM charts_point WHERE chart_id = NEW.id GROUP BY batch_id
        ) AS drawn FULL JOIN (
            SELECT batch_id, sum(CASE kind WHEN 'ISSUED' THEN quantity ELSE -quantity END) AS quantity
            FROM inventory_movement
            WHERE source_kind = 'charts.Chart' AND source_id = NEW.stock_id AND kind IN ('ISSUED', 'RETURNED')
            GROUP BY batch_id
        ) AS taken USING (batch_id)
        WHERE COALESCE(drawn.quantity, 0) <> COALESCE(taken.quantity, 0)) THEN
        RAISE EXCEPTION 'what is drawn is not what left the store'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'charts_chart_stock_agrees';
    END IF;
    RETURN NEW;"""

CORRECTS_A_FINISHED = """
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.corrects_id, NEW.stock_id, NEW.patient_id, NEW.branch_id, NEW.consultation_id)
            IS DISTINCT FROM (OLD.corrects_id, OLD.stock_id, OLD.patient_id, OLD.branch_id, OLD.consultation_id) THEN
            RAISE EXCEPTION 'a chart keeps what it is about'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'charts_chart_fixed';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.corrects_id IS NULL THEN
        IF NEW.stock_id <> NEW.id THEN
            RAISE EXCEPTION 'a first chart names its own stock'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'charts_chart_corrects';
        END IF;
    ELSIF NOT EXISTS (SELECT FROM charts_chart WHERE id = NEW.corrects_id AND status = 'FINISHED'
        AND stock_id = NEW.stock_id AND branch_id = NEW.branch_id) THEN
        RAISE EXCEPTION 'a correction names a finished chart'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'charts_chart_corrects';
    END IF;
    RETURN NEW;"""


class Chart(PatientRecord, Staged):
    """What was injected where and how devices were set in one treatment; sealed once finished.

    A correction is a new chart that `corrects` the old. `stock_id` is the first chart of such a line: what the
    movements of stock name, so that what is drawn and what left the store agree across corrections.
    """

    status = models.CharField(max_length=12, choices=ChartStatus, default=ChartStatus.DRAFT, editable=False)
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    consultation = models.ForeignKey(
        "consultations.Consultation", on_delete=models.PROTECT, null=True, related_name="charts"
    )
    drawn_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    stock_id = models.UUIDField(editable=False)
    reason = EncryptedText(key="patient.data_key", blank=True, default="")
    note = EncryptedText(key="patient.data_key", blank=True, default="")
    finished_at = models.DateTimeField(null=True)

    branch_id: UUID
    consultation_id: UUID | None
    corrects_id: UUID | None
    points: "RelatedManager[Point]"
    settings: "RelatedManager[Setting]"

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            *CHART.rules("charts_chart", patient="patient_id"),
            Trigger(name="charts_chart_whole", events="BEFORE UPDATE", body=FINISHED_IS_WHOLE),
            Trigger(name="charts_chart_corrects", events="BEFORE INSERT OR UPDATE", body=CORRECTS_A_FINISHED),
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="charts_chart_of_patient"),
            models.UniqueConstraint(
                fields=["corrects"], condition=~Q(status="DISCARDED"), name="charts_chart_corrected_once"
            ),
            models.UniqueConstraint(
                fields=["consultation"], condition=Q(status="DRAFT"), name="charts_chart_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(status="FINISHED", finished_at__isnull=False) | ~Q(status="FINISHED") & Q(finished_at=None),
                name="charts_chart_finished_when",
            ),
            models.CheckConstraint(
                condition=Q(corrects=None) | ~Q(corrects=F("id")), name="charts_chart_corrects_another"
            ),
            SameOrganization(name="charts_chart_same_branch", field="branch_id", to="people.Branch"),
            SameOrganization(name="charts_chart_same_patient", field="patient_id", to="patients.Patient"),
            SameOrganization(
                name="charts_chart_same_consultation", field="consultation_id", to="consultations.Consultation",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(
                name="charts_chart_same_corrected", field="corrects_id", to="charts.Chart",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(name="charts_chart_rows", patient="patient_id"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["patient", "-finished_at"], name="charts_chart_latest")]

    def __str__(self) -> str:
        return f"Chart of {self.finished_at or self.created_at:%d %b %Y}"

    @property
    def is_open(self) -> bool:
        return self.status == ChartStatus.DRAFT
