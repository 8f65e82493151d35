"""What a patient takes home about a plan: what they are told before and after each of its procedures."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from kalon.catalog import queries as catalog
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import verb
from kalon.messaging import actions as messaging
from kalon.people import queries as people
from kalon.plans import queries
from kalon.plans.models import ProcedurePlan
from kalon.web.papers import draw

AFTERWARDS = ("POST_OP", "AFTERCARE")
PAPER = Path(__file__).parent.parent / "templates" / "plans" / "paper"


@verb
def instructions_pdf(pk: UUID, *, by: Actor) -> bytes:
    """The instructions of a plan on A5, in the patient's language where it is written; each reading is logged."""
    plan = queries.plan(pk, seen_by=by)
    audit.read(by, plan, purpose="instructions on paper")
    return draw(PAPER / "instructions.typ", sheet_data(plan, by=by))


@verb
def tell_afterwards(pk: UUID, *, about_id: UUID, by: Actor) -> Any:
    """An operation or a session is done (`about_id`): its patient is told where to read what to do now, once for each.

    None where nothing is written for what the plan does, or the patient left no address.
    """
    plan = queries.plan(pk, seen_by=by)
    entries = [line.entry_id for line in queries.lines_of(plan) if line.entry_id]
    told = catalog.instructions_for(entries, str(plan.patient.language), seen_by=by)
    if not any(one.kind in AFTERWARDS for _, texts in told for one in texts):
        return None
    return messaging.send(
        "instructions-after",
        to_patient=plan.patient,
        data={
            "doctor": plan.doctor.name if plan.doctor else "",
            "branch": plan.branch.name,
            "phone": plan.branch.phone,
            "link": f"{settings.KALON_URL.rstrip('/')}{reverse('portal:plan', args=[plan.pk])}",
        },
        once=f"instructions-after {about_id}",
        branch=plan.branch,
        about_id=plan.pk,
        by=by,
    )


def sheet_data(plan: ProcedurePlan, *, by: Actor) -> dict[str, Any]:
    """What stands on the sheet, as plain data."""
    today, language = clock.today(plan.branch.timezone), str(plan.patient.language)
    entries = [line.entry_id for line in queries.lines_of(plan) if line.entry_id]
    told = catalog.instructions_for(entries, language, seen_by=by)
    return {
        **people.letterhead(plan.branch, seen_by=by),
        "number": plan.number,
        "date": f"{today.day} {today:%B %Y}",
        "language": language,
        "patient": str(plan.patient.name),
        "plan": str(plan.title),
        "doctor": plan.doctor.name if plan.doctor else "",
        "procedures": [
            {
                "name": procedure.name,
                "parts": [{"heading": one.heading, "text": one.text, "language": one.language} for one in texts],
            }
            for procedure, texts in told
        ],
    }
