"""The screens that nobody is signed in on: which there are, and which one a link opens."""

from uuid import UUID

from django.db.models import QuerySet

from kalon.kernel import crypto
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.scheduling.lifecycles import MANAGE
from kalon.scheduling.models import Screen


def screens(*, seen_by: Actor) -> QuerySet[Screen]:
    """The screens that are open, the newest first."""
    seen_by.must(MANAGE, do="see the screens")
    rows = Screen.objects.filter(organization_id=seen_by.organization_id, closed_at=None)
    return rows.select_related("branch", "opened_by")


def screen(pk: UUID, *, seen_by: Actor, lock: bool = False) -> Screen:
    """One screen."""
    seen_by.must(MANAGE, do="see the screens")
    rows = Screen.objects.filter(organization_id=seen_by.organization_id, pk=pk).select_related("branch")
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound("There is no such screen.")
    return found


def screen_of_link(word: str, kind: str, *, seen_by: Actor) -> Screen:
    """The open screen that a link's word belongs to; asked by the system in front of nobody."""
    rows = Screen.objects.filter(
        organization_id=seen_by.organization_id,
        token_hash=crypto.hash_token(word[:100], purpose="screen"),
        kind=kind,
        closed_at=None,
    )
    found = rows.select_related("branch").first()
    if found is None:
        raise NotFound("This screen was ended. Ask for a new link under Settings, Screens.")
    return found
