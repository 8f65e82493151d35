"""The desk's work list: a view over what is due, so that it is computed in one statement."""

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


# `security_invoker`: the view sees what its reader may see, not what its owner may.
WORK = """
CREATE VIEW plans_work WITH (security_invoker = true) AS
SELECT todo.*, todo.due_date - (kalon_now() AT TIME ZONE place.timezone)::date AS days,
    made_from.appointment_id AS visit_id, line.service_id
FROM (
    SELECT due.id, due.organization_id, due.patient_id, due.branch_id, due.doctor_id, due.consultation_id, due.plan_id,
        due.kind, due.due_date, due.session_number, plan.session_count, due.chased
    FROM plans_followupplan AS due LEFT JOIN plans_procedureplan AS plan ON plan.id = due.plan_id
    WHERE due.status = 'PENDING' AND (plan.id IS NULL OR plan.status NOT IN ('ON_HOLD', 'CANCELLED'))
    UNION ALL
    SELECT plan.id, plan.organization_id, plan.patient_id, plan.branch_id, plan.doctor_id, plan.consultation_id, plan.id,
        CASE plan.plan_type WHEN 'SURGICAL' THEN 'PRE_OP' ELSE 'TREATMENT' END,
        (plan.approved_at AT TIME ZONE at.timezone)::date, NULL, NULL, 0
    FROM plans_procedureplan AS plan JOIN people_branch AS at ON at.id = plan.branch_id
    WHERE (plan.plan_type = 'SURGICAL' AND plan.status IN ('APPROVED', 'CONSENT_PENDING', 'CONSENT_SIGNED')
            OR plan.plan_type = 'NON_SURGICAL'
                AND (plan.status IN ('CONSENT_SIGNED', 'SCHEDULED', 'IN_PROGRESS')
                    OR plan.status = 'APPROVED' AND plan.consent = 'NOT_REQUIRED'))
        AND NOT EXISTS (SELECT FROM scheduling_appointment AS visit
            WHERE visit.occasion_id = plan.id AND visit.status NOT IN ('CANCELLED', 'RESCHEDULED', 'NO_SHOW')
                AND (plan.plan_type = 'SURGICAL') = (visit.kind = 'PRE_OP'))
) AS todo
JOIN people_branch AS place ON place.id = todo.branch_id
JOIN consultations_consultation AS made_from ON made_from.id = todo.consultation_id
LEFT JOIN plans_planline AS line ON line.plan_id = todo.plan_id AND line.position = 1;
GRANT SELECT ON plans_work TO kalon_app;
"""
WORK_BACK = "DROP VIEW plans_work"
