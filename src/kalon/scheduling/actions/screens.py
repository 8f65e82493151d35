"""Opening and ending the screens that nobody is signed in on."""

from uuid import UUID

from kalon.kernel import audit, clock, crypto, live
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.scheduling import queries
from kalon.scheduling.lifecycles import MANAGE
from kalon.scheduling.models import Screen

PURPOSE = "screen"


@verb
def open_screen(branch_id: UUID, kind: str, name: str = "", *, by: Actor) -> tuple[Screen, str]:
    """Open a screen at a branch; the word of its link is given this once."""
    branch = people.branch(branch_id, seen_by=by)
    by.must(MANAGE, at=branch.pk, do="open a screen")
    if kind not in Screen.Kind.values:
        raise Invalid("Choose the waiting room or the door.", field="kind")
    word = crypto.random_token()
    screen = Screen(
        organization_id=by.organization_id,
        branch=branch,
        kind=kind,
        name=name.strip()[:60],
        token_hash=crypto.hash_token(word, purpose=PURPOSE),
        opened_by_id=by.user_id,
    )
    screen.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, screen, facts={"opened": kind})
    return screen, word


@verb
def close_screen(pk: UUID, *, by: Actor) -> Screen:
    """End a screen: its link opens nothing any more, and what it shows stops."""
    screen = queries.screen(pk, seen_by=by, lock=True)
    by.must(MANAGE, at=screen.branch_id, do="end a screen")
    if screen.closed_at is not None:
        raise IllegalMove("This screen was ended already.", status_is="closed")
    screen.closed_at, screen.closed_by_id = clock.now(), by.user_id
    screen.save(update_fields=["closed_at", "closed_by"])
    audit.note(by, audit.Kind.CHANGE, screen, facts={"closed": screen.kind})
    live.end_streams(f"screen {screen.pk}")
    return screen
