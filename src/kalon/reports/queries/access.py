"""Which branches somebody may see reports of."""

from typing import Any

from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.kernel.errors import NotPermitted
from kalon.people import queries as people
from kalon.reports.rules import VIEW


def sees_everything(by: Actor) -> bool:
    """Whether the whole clinic is theirs to see, and not only a branch of it."""
    return by.kind is Kind.SYSTEM or VIEW in by.grants.get(EVERYWHERE, frozenset())


def branches_of(by: Actor) -> list[Any]:
    """The branches whose reports they may see, closed ones included: their figures stay."""
    return [one for one in people.branches(seen_by=by, also_closed=True) if by.may(VIEW, at=one.pk)]


def must_see(branch_id: object, by: Actor) -> None:
    """Refuse a branch that is not theirs, and the whole clinic to those who see only a branch."""
    by.must(VIEW, do="see reports")
    if branch_id is None and not sees_everything(by):
        raise NotPermitted("You see the reports of your own branch. Choose it.", permission=VIEW)
    if branch_id is not None and not any(one.pk == branch_id for one in branches_of(by)):
        raise NotPermitted("You do not see the reports of this branch. Choose another.", permission=VIEW)
