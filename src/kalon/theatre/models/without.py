"""An operation that takes an implant and put none in: signed for, side by side, or the case is not completed."""

from uuid import UUID

from django.db import models

from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger, append_only
from kalon.theatre.models.cases import THROUGH_PATIENT, Case
from kalon.theatre.models.guards import REFUSED, said_by_who_acts

# The sides of a planned case on which an implant belongs and neither stands in the registry nor was signed away. One
# that an earlier case of the plan put in counts; a return to theatre puts in what it needs.
IMPLANTS_OPEN = """
CREATE OR REPLACE FUNCTION theatre_implants_open(a_case uuid) RETURNS text[] LANGUAGE sql STABLE AS $body$
    SELECT COALESCE(array_agg(wanted.side ORDER BY wanted.side), '{}') FROM (
        SELECT DISTINCT operation.id, operation.plan_id, unnest(CASE line.side
            WHEN 'BOTH' THEN ARRAY['LEFT', 'RIGHT'] WHEN 'LEFT' THEN ARRAY['LEFT'] WHEN 'RIGHT' THEN ARRAY['RIGHT']
            WHEN 'MIDLINE' THEN ARRAY['MIDLINE'] ELSE ARRAY['NONE'] END) AS side
        FROM theatre_case operation JOIN theatre_caseline line ON line.case_id = operation.id
            JOIN catalog_procedure entry ON entry.id = line.entry_id AND entry.takes_implant
        WHERE operation.id = a_case AND operation.urgency = 'ELECTIVE') wanted
    WHERE NOT EXISTS (SELECT FROM inventory_implant inside
            WHERE inside.plan_id = wanted.plan_id AND inside.side = wanted.side AND inside.explanted_at IS NULL)
        AND NOT EXISTS (SELECT FROM theatre_noimplant said WHERE said.case_id = wanted.id AND said.side = wanted.side)
$body$;
"""
IMPLANTS_OPEN_OFF = "DROP FUNCTION theatre_implants_open(uuid);"


def _in_theatre() -> Trigger:
    """It is signed while the case is in theatre, of a side on which an implant is still open."""
    body = f"""
    PERFORM 1 FROM theatre_case operation WHERE operation.id = NEW.case_id AND operation.status = 'IN_PROGRESS'
        AND NEW.side = ANY (theatre_implants_open(operation.id)) FOR SHARE;
    IF FOUND THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'no implant is open on this side' {REFUSED} = 'theatre_noimplant_open';"""
    return Trigger(name="theatre_noimplant_open", events="BEFORE INSERT", body=body)


class NoImplant(PatientRecord):
    """Somebody of the team signs that none was put in on a side, and why. Written once; a scan afterwards counts."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="without")
    side = models.CharField(max_length=8)
    reason = EncryptedText(key="patient.data_key")
    signed_at = models.DateTimeField()
    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")

    case_id: UUID
    staff_id: UUID

    class Meta:
        db_table = "theatre_noimplant"
        ordering = ["signed_at", "id"]
        constraints = [
            *append_only("theatre_noimplant", name="theatre_noimplant_stays"),
            said_by_who_acts("theatre_noimplant", "staff_id"),
            _in_theatre(),
            models.UniqueConstraint(fields=["case", "side"], name="theatre_noimplant_once"),
            SameOrganization(
                name="theatre_noimplant_of_case", field="case_id", to="theatre.Case", through=THROUGH_PATIENT
            ),
            SameOrganization(name="theatre_noimplant_staff_here", field="staff_id", to="people.Staff"),
            RowSecurity(name="theatre_noimplant_rows", patient="patient_id", app="SELECT, INSERT"),
        ]
