"""Engines outside the building: the only place from which a client of one is imported.

Each is reached through `actions.outbound.ask` alone, which refuses what names somebody and accounts for what it costs.
"""

from typing import Any

from django.conf import settings

from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotReady
from kalon.voice import queries
from kalon.voice.actions.engines.claude import SERVICE, Claude
from kalon.voice.actions.usage import OFF

NO_KEY = "There is no key for this engine on this installation. Set KALON_CLAUDE_KEY, or use the drafter of the house."


def drafter(name: str, *, seen_by: Actor) -> Claude:
    """The engine that drafts notes, as the clinic has switched it on; raises `NotReady` where it has not."""
    decided = queries.outside_engine(name, seen_by=seen_by)
    if name != queries.CLAUDE or decided is None or not decided.is_on:
        raise NotReady(OFF, engine=name)
    held: dict[str, Any] = settings.KALON_CLAUDE
    if not held["key"]:
        raise NotReady(NO_KEY, engine=name)
    return Claude(
        key=held["key"], address=held["api"] or SERVICE, model=decided.model or held["model"], seconds=held["seconds"],
        retries=held["retries"],
    )  # fmt: skip
