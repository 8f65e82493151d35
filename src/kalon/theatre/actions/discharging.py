"""The patient goes home after an operation."""

from uuid import UUID

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, NotReady
from kalon.kernel.tenancy import verb
from kalon.theatre import queries, rules
from kalon.theatre.actions.naming import acting_staff
from kalon.theatre.lifecycles import OPERATE, CaseStatus
from kalon.theatre.models import Discharge

OVER = (CaseStatus.COMPLETED, CaseStatus.ABORTED)
GONE = Clash("The patient went home already.")


@verb
def discharge(case_id: UUID, *, with_whom: str, note: str = "", by: Actor) -> Discharge:
    """Let the patient go home after a case, with somebody, once everything required of its list is ticked."""
    by.must(OPERATE, do="let a patient go home")
    found = queries.case(case_id, seen_by=by, lock=True)
    if found.status not in OVER:
        raise IllegalMove("The operation is not over yet. Complete the case first.", status_is=found.status)
    made = Discharge(
        organization_id=found.organization_id, patient=found.patient, case=found, gone_at=clock.now(),
        with_whom=rules.needed(with_whom, field="with_whom", otherwise="Write with whom the patient goes home."),
        note=note.strip()[: rules.LONGEST], staff=acting_staff(by, "let a patient go home"),
    )  # fmt: skip
    left = [
        one.item.words for part in queries.list_for(found, seen_by=by) if part.moment == "AFTER" for one in part.open
    ]
    open_list = NotReady(f"Still open on the list: {'; '.join(left) or 'look at it again'}.", obstacles=["checklist"])
    with refusing({"theatre_discharge_list": open_list, "theatre_discharge_case_id_key": GONE}):
        made.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, made, facts={"discharged": True})
    return made
