"""The treatment record of a session: what is written, and the settings of the session before it."""

from kalon.plans.lifecycles import SessionStatus
from kalon.plans.models import Complication, ProcedureSession, SessionAddendum, TreatmentParameter, TreatmentRecord


def record_of(session: ProcedureSession) -> TreatmentRecord | None:
    """What was written of a session that the actor has read; None while nothing is."""
    return TreatmentRecord.objects.filter(session=session).select_related("patient").first()


def parameters_of(session: ProcedureSession) -> list[TreatmentParameter]:
    """The settings of a session in their order."""
    return list(TreatmentParameter.objects.filter(session=session).select_related("patient").order_by("position"))


def last_parameters(session: ProcedureSession) -> list[TreatmentParameter]:
    """The settings of the last session of the same plan that was done before this one."""
    earlier = session.plan.sessions.filter(number__lt=session.number, status=SessionStatus.COMPLETED)
    rows = TreatmentParameter.objects.filter(session__in=earlier.order_by("-number")[:1])
    return list(rows.select_related("patient").order_by("position"))


def complications_of(session: ProcedureSession) -> list[Complication]:
    """What went wrong in or after a session, the first first."""
    rows = Complication.objects.filter(session=session).select_related("patient", "noted_by")
    return list(rows.order_by("created_at", "id"))


def addenda_of(session: ProcedureSession) -> list[SessionAddendum]:
    """What was added to the sealed record, the first first."""
    rows = SessionAddendum.objects.filter(session=session).select_related("patient", "written_by")
    return list(rows.order_by("created_at", "id"))
