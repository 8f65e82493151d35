"""What the clinic offers whoever pays in parts."""

from kalon.installments.models import Terms
from kalon.installments.rules import DEFAULTS, TermsDetails
from kalon.kernel.actors import Actor


def terms(*, seen_by: Actor) -> TermsDetails:
    """The organisation's terms, or those that a new clinic starts with; anybody in front of its pages may know them."""
    row = Terms.objects.filter(organization_id=seen_by.organization_id).first()
    if row is None:
        return DEFAULTS
    return TermsDetails(
        frequencies=tuple(row.frequencies),
        most_parts=row.most_parts,
        least_down_percent=row.least_down_percent,
        remind_days=tuple(row.remind_days),
        chase_days=tuple(row.chase_days),
        default_days=row.default_days,
    )
