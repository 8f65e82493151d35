"""What the till does by itself."""

from uuid import UUID

from kalon.kernel import outbox
from kalon.kernel.actors import system
from kalon.kernel.tenancy import acting_as
from kalon.tills import actions


@outbox.job(name="tills.bill_case", attempts=5)
def bill_case(*, organization_id: UUID, case_id: UUID) -> None:
    """The draft of a completed operation."""
    by = system("tills", organization_id)
    with acting_as(by):
        actions.bill_case(case_id, by=by)
