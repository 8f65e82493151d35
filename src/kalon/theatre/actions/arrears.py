"""What a return to theatre owes: consent and clearance, completed once there is time for them."""

from uuid import UUID

from kalon.kernel import clock
from kalon.kernel.actors import Actor, system
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, NotReady
from kalon.kernel.tenancy import verb
from kalon.theatre import queries, rules
from kalon.theatre.actions.clearing import open_clearance, over_for_a_return
from kalon.theatre.actions.naming import clinician
from kalon.theatre.lifecycles import OPERATE
from kalon.theatre.models import Case, Clearance, ReturnConsent


@verb
def consent_in_arrears(case_id: UUID, *, given_by: str, relation: str = "", words: str, by: Actor) -> ReturnConsent:
    """Write down what the patient, or who stands for them, says about a return to theatre, once they can be asked."""
    by.must(OPERATE, do="take the consent to a return to theatre")
    found = _flagged(case_id, by)
    made = ReturnConsent(
        organization_id=found.organization_id, patient=found.patient, case=found,
        given_by=rules.needed(given_by, field="given_by", otherwise="Write who gives the consent."),
        relation=relation.strip()[: rules.LONGEST],
        words=rules.needed(words, field="words", otherwise="Write what was explained, and what was said."),
        given_at=clock.now(), staff=clinician(by, "take this consent"),
    )  # fmt: skip
    with refusing({"theatre_returnconsent_case_id_key": Clash("The consent to this return is written down already.")}):
        made.save(force_insert=True)
    return made


@verb
def clearance_in_arrears(case_id: UUID, *, by: Actor) -> Clearance:
    """Open the clearance of a return to theatre: its own lines, answered anew, for the day it took place."""
    by.must(OPERATE, do="open the clearance of a return to theatre")
    found = _flagged(case_id, by)
    standing = queries.clearances(seen_by=by).filter(plan_id=found.plan_id, surgery_date=found.surgery_date)
    live = standing.exclude(status="EXPIRED").first()
    if live is not None and live.created_at >= found.created_at:
        raise Clash("The clearance of this return is open already. Answer its lines.")
    acting = system(f"theatre, for {by.name}", by.organization_id)
    if live is not None:
        over_for_a_return(live.pk, by=acting)
    return open_clearance(found.plan_id, found.surgery_date, by=acting)


@verb
def settle_in_arrears(case_id: UUID, *, by: Actor) -> Case:
    """A clinician takes the flag off a return to theatre: its own consent and clearance were given in arrears."""
    by.must(OPERATE, do="complete a return to theatre in arrears")
    found = _flagged(case_id, by)
    found.arrears_at, found.arrears_by = clock.now(), clinician(by, "complete this in arrears")
    open_still = NotReady("Clear the patient for that day first, in arrears.", obstacles=["clearance"])
    unasked = NotReady("Ask the patient for consent to the return first, in arrears.", obstacles=["consent"])
    with refusing({"theatre_case_arrears": open_still, "theatre_case_arrears_consent": unasked}):
        found.save(update_fields=["arrears_at", "arrears_by"])
    return found


def _flagged(case_id: UUID, by: Actor) -> Case:
    found = queries.case(case_id, seen_by=by, lock=True)
    if not found.is_flagged:
        raise IllegalMove("Nothing is to be completed in arrears for this case.", status_is=found.status)
    return found
