"""Going home after an operation: who let the patient go, when, and with whom."""

# ruff: noqa: S608  (these strings are the rules themselves; nothing in them comes from outside)

from uuid import UUID

from django.db import models

from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger, append_only
from kalon.theatre.models.guards import REFUSED, said_by_who_acts

THROUGH_PATIENT = ("organization_id", "patient_id")


def _after_its_list() -> Trigger:
    """Nobody goes home before the operation is over and the list of after it is ticked, since they came in."""
    body = f"""
    SELECT status, plan_id, in_at INTO held FROM theatre_case WHERE id = NEW.case_id FOR SHARE;
    IF held.status NOT IN ('COMPLETED', 'ABORTED') OR NEW.gone_at > kalon_now() + interval '1 minute'
        OR NEW.gone_at < held.in_at THEN
        RAISE EXCEPTION 'nobody goes home before the operation is over' {REFUSED} = 'theatre_discharge_over';
    END IF;
    IF plans_list_open(held.plan_id, 'AFTER', NULL, held.in_at) THEN
        RAISE EXCEPTION 'the list of after the operation is not complete' {REFUSED} = 'theatre_discharge_list';
    END IF;
    RETURN NEW;"""
    return Trigger(name="theatre_discharge_after_its_list", events="BEFORE INSERT", body=body, declare="held record;")


class Discharge(PatientRecord):
    """The patient went home after a case. Written once, under the name of who let them go."""

    case = models.OneToOneField("theatre.Case", on_delete=models.PROTECT, related_name="discharge")
    gone_at = models.DateTimeField()
    with_whom = EncryptedText(key="patient.data_key")
    note = EncryptedText(key="patient.data_key", blank=True, default="")
    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")

    case_id: UUID
    staff_id: UUID

    class Meta:
        db_table = "theatre_discharge"
        constraints = [
            *append_only("theatre_discharge", name="theatre_discharge_stays"),
            _after_its_list(),
            said_by_who_acts("theatre_discharge", "staff_id"),
            SameOrganization(
                name="theatre_discharge_of_case", field="case_id", to="theatre.Case", through=THROUGH_PATIENT
            ),
            SameOrganization(name="theatre_discharge_staff_here", field="staff_id", to="people.Staff"),
            RowSecurity(name="theatre_discharge_rows", patient="patient_id", app="SELECT, INSERT"),
        ]
