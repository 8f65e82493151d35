"""One box that finds a patient, a visit, a bill or an action. Contexts add what they can find."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from itertools import groupby

from kalon.web import navigation
from kalon.web.navigation import MayAct


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: where it is and the words that tell it apart."""

    title: str
    url: str
    _: KW_ONLY
    note: str = ""
    icon: str = "arrow-right"
    group: str = "Go to"
    aside: str = ""


Provider = Callable[[MayAct, str], list[Hit]]
_providers: list[Provider] = []


def add(provider: Provider) -> None:
    """Ask this provider too, in the order in which they were added."""
    if provider not in _providers:
        _providers.append(provider)


def find(actor: MayAct | None, text: str) -> list[tuple[str, list[Hit]]]:
    """Everything the actor may see that matches, by group; without words, the places to go."""
    text = text.strip()
    if actor is None:
        return []
    hits = [hit for provider in _providers for hit in provider(actor, text)] if text else []
    hits += _places(actor, text)
    return [(group, list(found)) for group, found in groupby(hits, key=lambda hit: hit.group)]


def _places(actor: MayAct, text: str) -> list[Hit]:
    links = [
        link for group in (navigation.DESK, navigation.SETTINGS) for link in navigation.entries_for(actor, group=group)
    ]
    return [
        Hit(title=link.label, url=link.url, icon=link.icon)
        for link in links
        if text.casefold() in link.label.casefold()
    ]
