"""The desk's work list: a view (made in migration 0002) over what is due, so that it is one statement."""

from uuid import UUID

from django.db import models


class WorkKind(models.TextChoices):
    """What the desk has to do; the words before the patient's name."""

    REVIEW = "REVIEW", "Follow-up"
    POST_OP = "POST_OP", "Check after surgery"
    SERIES_SESSION = "SERIES_SESSION", "Session"
    PRE_OP = "PRE_OP", "Visit before surgery"
    TREATMENT = "TREATMENT", "Approved plan"


class Work(models.Model):
    """One thing that somebody should book: a pending follow-up, or a plan that waits for a visit.

    `days` counts from today on the branch's calendar: negative when it is overdue. `id` is the follow-up's or the
    plan's, which the visit then names.
    """

    id = models.UUIDField(primary_key=True)
    organization_id = models.UUIDField()
    patient = models.ForeignKey("patients.Patient", on_delete=models.DO_NOTHING, related_name="+")
    branch = models.ForeignKey("people.Branch", on_delete=models.DO_NOTHING, related_name="+")
    doctor = models.ForeignKey("people.Staff", on_delete=models.DO_NOTHING, null=True, related_name="+")
    service = models.ForeignKey("catalog.Service", on_delete=models.DO_NOTHING, null=True, related_name="+")
    plan_id = models.UUIDField(null=True)
    visit_id = models.UUIDField(null=True)  # of the consultation in which it was decided
    kind = models.CharField(max_length=16, choices=WorkKind.choices)
    due_date = models.DateField()
    days = models.IntegerField()
    session_number = models.PositiveSmallIntegerField(null=True)
    session_count = models.PositiveSmallIntegerField(null=True)
    chased = models.PositiveSmallIntegerField()

    patient_id: UUID
    branch_id: UUID
    doctor_id: UUID | None
    service_id: UUID | None

    class Meta:
        managed = False
        db_table = "plans_work"
        ordering = ["due_date", "id"]
