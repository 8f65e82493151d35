"""Two records that turned out to be one person."""

from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from kalon.kernel.encrypted import EncryptedJSON
from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger
from kalon.patients.lifecycles import MERGE, REVERSIBLE_FOR, MergeStatus

# Both records are held while this is looked at, so that two joins the opposite way take turns.
NO_CHAINS = """
    PERFORM 1 FROM patients_patient WHERE id IN (NEW.survivor_id, NEW.absorbed_id) ORDER BY id FOR UPDATE;
    IF EXISTS (SELECT FROM patients_merge
        WHERE status = 'MERGED' AND (absorbed_id = NEW.survivor_id OR survivor_id = NEW.absorbed_id))
    THEN
        RAISE EXCEPTION 'one of the two records is part of another join'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_merge_chain';
    END IF;
    RETURN NEW;"""


class Merge(Staged, OrganizationRecord):
    """The record `absorbed` is read as part of `survivor` while this stands; neither's rows are moved or rewritten.

    `changes` are the details that the kept record took over, as field: [before, after], so that separating the two
    again can put them back. It stands encrypted under the kept record's key.
    """

    survivor = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+", editable=False)
    survivor_id: UUID
    absorbed = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+", editable=False)
    absorbed_id: UUID
    status = models.CharField(max_length=8, choices=MergeStatus.choices, default=MergeStatus.MERGED, editable=False)
    reason = models.CharField(max_length=300)
    joined_by = models.CharField(max_length=200, editable=False)
    changes = EncryptedJSON(key="survivor.data_key")

    class Meta:
        db_table = "patients_merge"
        indexes = [models.Index(fields=["survivor"], name="patients_merge_survivor")]
        constraints = [
            *MERGE.rules("patients_merge", patient="survivor_id"),
            Trigger(name="patients_merge_chain", events="BEFORE INSERT", body=NO_CHAINS),
            models.UniqueConstraint(
                fields=["absorbed"], condition=Q(status=MergeStatus.MERGED), name="patients_merge_absorbed_once"
            ),
            models.CheckConstraint(condition=~Q(survivor=F("absorbed")), name="patients_merge_two_records"),
            models.CheckConstraint(condition=~Q(reason=""), name="patients_merge_reason"),
            SameOrganization(name="patients_merge_survivor_here", field="survivor_id", to="patients.Patient"),
            SameOrganization(name="patients_merge_absorbed_here", field="absorbed_id", to="patients.Patient"),
            RowSecurity(name="patients_merge_rows", patient="survivor_id", portal="SELECT", reviewed="SELECT"),
        ]

    @property
    def open_until(self) -> datetime:
        """Until when the two can be separated again."""
        return self.status_at + REVERSIBLE_FOR
