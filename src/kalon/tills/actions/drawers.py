"""A drawer's life: opened with a counted float, cash put in and taken out, counted blind, closed."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from uuid import UUID, uuid4

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, KeyReused, NotFound, NotReady
from kalon.kernel.lookup import one
from kalon.kernel.money import exact
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.tills import queries, rules
from kalon.tills.lifecycles import APPROVE, CLOSE, DRAWER_SESSION, TAKE, SessionStatus
from kalon.tills.models import Drawer, DrawerEntry, DrawerSession, TillPolicy

DERIVED = ("expected", "variance", "variance_limit", "explanation")
BY_HAND = (DrawerEntry.Kind.BANKED, DrawerEntry.Kind.PETTY, DrawerEntry.Kind.ADDED)


@verb
def set_policy(*, cash: str, variance_limit: Decimal, by: Actor) -> TillPolicy:
    """Choose whether cash needs an open drawer, and which difference one person may close alone."""
    by.must(APPROVE, do="change how cash is kept")
    if cash not in TillPolicy.Cash.values:
        raise Invalid("Choose whether cash needs a drawer.", field="cash")
    if not variance_limit.is_finite() or variance_limit < 0 or variance_limit != exact(variance_limit):
        raise Invalid("Write an amount of nothing or more.", field="variance_limit")
    policy, _made = TillPolicy.objects.update_or_create(
        organization_id=by.organization_id, defaults={"cash": cash, "variance_limit": variance_limit}
    )
    return policy


@verb
def add_drawer(branch_id: UUID, name: str, *, by: Actor) -> Drawer:
    """Give a branch one more cash drawer, by the name people call it."""
    branch = people.branch(branch_id, seen_by=by)
    by.must(CLOSE, at=branch.pk, do="add cash drawers")
    name = " ".join(name.split())[:60]
    if not name:
        raise Invalid("Write what the drawer is called, such as “Front desk”.", field="name")
    with refusing({"tills_drawer_name_once": Clash("There is a drawer of this name here.", field="name")}):
        return Drawer.objects.create(organization_id=by.organization_id, branch=branch, name=name)


@verb
def open_drawer(drawer_id: UUID, float_count: Mapping[str, int], *, by: Actor) -> DrawerSession:
    """Open a drawer with its float, counted by notes and coins; its cash belongs to it until it is counted."""
    drawer = queries.drawer(drawer_id, seen_by=by)
    by.must(TAKE, at=drawer.branch_id, do="open a cash drawer")
    currency = people.organization(seen_by=by).currency
    session = DrawerSession(
        organization_id=by.organization_id,
        drawer=drawer,
        branch_id=drawer.branch_id,
        currency=currency,
        float_count=_kept(float_count),
        float_amount=rules.counted(float_count, currency),
        opened_at=clock.now(),
        opened_by_id=by.user_id,
        opened_by_name=by.name[:120],
    )
    refusals = {
        "tills_drawersession_one_at_a_time": Clash("This drawer is open already. Count and close it first."),
        "tills_drawersession_one_of_a_person": Clash("You have a drawer open already. Count it first."),
    }
    with refusing(refusals):
        return DRAWER_SESSION.born(session, name="open")  # type: ignore[no-any-return]


@verb
def move_cash(session_id: UUID, kind: str, amount: Decimal, reason: str, key: str = "", *, by: Actor) -> DrawerEntry:
    """Put cash into a drawer, or take it out for the bank or for petty cash, with the reason."""
    session = locked_session(session_id, by=by)
    by.must(TAKE, at=session.branch_id, do="move cash")
    key = key or str(uuid4())
    signed = _positive(amount) * (1 if kind == DrawerEntry.Kind.ADDED else -1)
    if before := DrawerEntry.objects.filter(organization_id=by.organization_id, key=key).first():
        if (before.session_id, before.kind, before.amount) != (session.pk, kind, signed):
            raise KeyReused("This key was used for another movement. Send a new key.")
        return before
    if kind not in BY_HAND:
        raise Invalid("Choose the bank, petty cash, or money put in.", field="kind")
    if not reason.strip():
        raise Invalid("Write what it is for.", field="reason")
    with refusing({"tills_drawerentry_key_once": KeyReused("This key was used already. Send a new key.")}):
        return DrawerEntry.objects.create(
            organization_id=by.organization_id,
            session=session,
            kind=kind,
            amount=signed,
            reason=reason.strip()[:200],
            key=key,
            made_by_id=by.user_id,
            made_by_name=by.name[:120],
        )


@verb
def count_drawer(session_id: UUID, count: Mapping[str, int], *, by: Actor) -> DrawerSession:
    """Say what is in the drawer; what should be in it is shown only afterwards."""
    session = locked_session(session_id, by=by)
    by.must(TAKE, at=session.branch_id, do="count the drawer")
    DRAWER_SESSION.move(
        session,
        "count",
        by=by,
        counted=_kept(count),
        counted_amount=rules.counted(count, session.currency),
        counted_at=clock.now(),
        counted_by_id=by.user_id,
        counted_by_name=by.name[:120],
    )
    session.refresh_from_db(fields=DERIVED)
    return session


@verb
def count_again(session_id: UUID, reason: str, *, by: Actor) -> DrawerSession:
    """Put a count aside so that the drawer is counted once more; not by who counted it."""
    session = locked_session(session_id, by=by)
    by.must(APPROVE, at=session.branch_id, do="have a drawer counted again")
    _must_be_another(session, by, "have it counted again")
    DRAWER_SESSION.move(
        session, "count_again", by=by, reason=reason, counted=None, counted_amount=None, counted_at=None,
        counted_by_id=None, counted_by_name="",
    )  # fmt: skip
    session.refresh_from_db(fields=DERIVED)
    return session


@verb
def explain(session_id: UUID, words: str, *, by: Actor) -> DrawerSession:
    """Write why a count differs from what should be there."""
    session = locked_session(session_id, by=by)
    by.must(TAKE, at=session.branch_id, do="explain a difference")
    if session.status != SessionStatus.COUNTED:
        raise NotReady("Count the drawer first, then write why it differs.")
    if not words.strip():
        raise Invalid("Write why the count differs.", field="explanation")
    session.explanation = words.strip()[:500]
    session.save(update_fields=["explanation"])
    return session


@verb
def close_drawer(session_id: UUID, *, by: Actor) -> DrawerSession:
    """Close a counted drawer; a difference above the limit is agreed to by somebody else who may."""
    session = locked_session(session_id, by=by)
    by.must(CLOSE, at=session.branch_id, do="close drawers")
    if not session.is_within_limit:
        by.must(APPROVE, at=session.branch_id, do="agree to a difference above the limit")
        _must_be_another(session, by, "agree to its difference")
    DRAWER_SESSION.move(
        session, "close", by=by, closed_at=clock.now(), closed_by_id=by.user_id, closed_by_name=by.name[:120]
    )
    return session


def locked_session(pk: UUID, *, by: Actor) -> DrawerSession:
    """The session, held until the transaction ends."""
    found = one(queries.sessions(seen_by=by).select_for_update(of=("self",)).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such drawer.")
    return found


def _must_be_another(session: DrawerSession, by: Actor, do: str) -> None:
    if session.counted_by_id is not None and session.counted_by_id == by.user_id:
        raise Clash(f"You counted this drawer yourself. Somebody else must {do}.")


def _kept(count: Mapping[str, int]) -> dict[str, int]:
    return {key: number for key, number in count.items() if number}


def _positive(amount: Decimal) -> Decimal:
    try:
        wanted = exact(amount)
    except InvalidOperation:
        raise Invalid("This is not an amount of money.", field="amount") from None
    if wanted != amount or wanted <= 0 or wanted > 10_000_000:
        raise Invalid("Write an amount above zero, with at most two places after the point.", field="amount")
    return wanted
