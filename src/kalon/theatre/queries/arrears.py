"""What a return to theatre still owes."""

from dataclasses import dataclass

from kalon.kernel.actors import Actor
from kalon.theatre.models import Case, ReturnConsent
from kalon.theatre.queries.clearances import Line, clearances, lines_of, with_lines


@dataclass(frozen=True, slots=True)
class Owed:
    """Its consent, where it was given, and its own clearance with the lines that are open."""

    consent: ReturnConsent | None
    clearance_status: str
    open_lines: list[Line]

    @property
    def is_ready(self) -> bool:
        return self.consent is not None and self.clearance_status in ("CLEARED", "EXPIRED")


def owed_of(found: Case, *, seen_by: Actor) -> Owed:
    """What was completed in arrears so far for a flagged return."""
    rows = clearances(seen_by=seen_by).filter(
        plan_id=found.plan_id, surgery_date=found.surgery_date, created_at__gte=found.created_at
    )
    own = with_lines(rows).order_by("-created_at").first()
    missing = [one for one in lines_of(own) if one.requirement.moment == "BEFORE" and not one.is_met] if own else []
    said = ReturnConsent.objects.filter(case=found).select_related("patient", "staff").first()
    return Owed(said, own.status if own else "", missing)
