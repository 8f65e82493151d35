"""What the clinic offers whoever pays in parts."""

from dataclasses import asdict

from kalon.installments import rules
from kalon.installments.lifecycles import MANAGE
from kalon.installments.models import Terms
from kalon.installments.rules import TermsDetails
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.kernel.tenancy import verb


@verb
def set_terms(details: TermsDetails, *, by: Actor) -> TermsDetails:
    """Set how often and in how many parts patients may pay, and when they are reminded. What was agreed stays."""
    by.must(MANAGE, do="change the terms of payment plans")
    if trouble := rules.trouble_with(details):
        errors = {field: [sentence] for field, sentence in trouble.items()}
        raise Invalid(" ".join(trouble.values()), field=next(iter(trouble)), errors=errors)
    kept = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(details).items()}
    kept["remind_days"], kept["chase_days"] = sorted(kept["remind_days"], reverse=True), sorted(kept["chase_days"])
    Terms.objects.update_or_create(organization_id=by.organization_id, defaults=kept)
    audit.note(
        by, audit.Kind.CHANGE, facts={"payment plans": {**kept, "least_down_percent": str(details.least_down_percent)}}
    )
    return details
