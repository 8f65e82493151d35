"""Where a person can go. Contexts add their entries when they start; each actor sees what they may use."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from django.core.checks import CheckMessage, Error, register
from django.urls import NoReverseMatch, reverse

DESK, PORTAL, SETTINGS = "desk", "portal", "settings"


class MayAct(Protocol):
    """What the shell needs to know of an actor."""

    def may(self, permission: str, /) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One place in the navigation, and the permission that shows it; `also` are addresses that stand under it too."""

    label: str
    url_name: str
    icon: str
    permission: str | None = None
    group: str = DESK
    order: int = 50
    badge: Callable[[MayAct], int | None] | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as one actor sees it now."""

    label: str
    url: str
    icon: str
    count: int | None
    is_current: bool


_entries: list[Entry] = []


def add(entry: Entry) -> None:
    """Put an entry into the navigation; the same address twice replaces the earlier one."""
    _entries[:] = [known for known in _entries if (known.group, known.url_name) != (entry.group, entry.url_name)]
    _entries.append(entry)
    _entries.sort(key=lambda known: (known.group, known.order, known.label))


def entries_for(actor: MayAct | None, *, group: str = DESK, path: str = "") -> list[Link]:
    """The links this actor may use, in order; the one that holds `path` is marked as current."""
    if actor is None:
        return []
    allowed = [(entry, _url(entry)) for entry in _entries if entry.group == group and _allowed(entry, actor)]
    found = [(entry, url) for entry, url in allowed if url is not None]
    held = [(len(at), url) for entry, url in found for at in (url, *entry.also) if _holds(at, path)]
    here = max(held, default=(0, ""))[1]
    return [
        Link(entry.label, url, entry.icon, entry.badge(actor) if entry.badge else None, url == here)
        for entry, url in found
    ]


def _allowed(entry: Entry, actor: MayAct) -> bool:
    return entry.permission is None or actor.may(entry.permission)


def _holds(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))


def _url(entry: Entry) -> str | None:
    try:
        return reverse(entry.url_name)
    except NoReverseMatch:
        return None  # `manage.py check` names it; a page still has to open


@register("urls")
def every_entry_leads_somewhere(**_: object) -> list[CheckMessage]:
    """Each entry's address exists."""
    return [
        Error(
            f"The navigation entry “{entry.label}” names the address {entry.url_name}, which does not exist.",
            id="web.E001",
        )
        for entry in _entries
        if _url(entry) is None
    ]
