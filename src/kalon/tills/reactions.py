"""What the till does when something below it is done: an operation's draft is there before anybody asks for it."""

from kalon.kernel import outbox
from kalon.kernel.events import on
from kalon.theatre.events import CaseCompleted
from kalon.tills import tasks


def listen() -> None:
    on(CaseCompleted, bill_it)


def bill_it(event: CaseCompleted) -> None:
    """By a job, so that nothing about money can keep an operation from being completed."""
    outbox.defer(tasks.bill_case, organization_id=event.organization_id, case_id=event.case_id)
