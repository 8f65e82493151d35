"""The patient page as a frame: contexts above plug their cards into it from their `apps.ready()`.

    from kalon.patients.queries import page as patient_page

    patient_page.add_tab(patient_page.Tab("visits", "Visits", render=visits, permission="scheduling.view", order=20))
    patient_page.add_next_action(next_visit, order=20)
    patient_page.add_panel(balance, column="side", order=40)
    patient_page.add_button(book_button, order=10)

The lines of its timeline are in `queries.timeline`. What is plugged in here gives HTML that is already rendered and
safe, or None when it has nothing to say. The order is the order on the page, lowest first.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest

from kalon.kernel.actors import Actor
from kalon.patients.models import Patient

Column = Literal["above", "main", "side"]
Draw = Callable[[HttpRequest, Patient], str | None]


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of the page, with an address of its own: /patients/<id>/<key>."""

    key: str
    label: str
    render: Draw
    permission: str
    order: int = 50


@dataclass(frozen=True, slots=True)
class _Card:
    draw: Draw
    order: int
    column: str = ""


_panels: list[_Card] = []
_next_actions: list[_Card] = []
_buttons: list[_Card] = []
_tabs: dict[str, Tab] = {}


def add_panel(draw: Draw, *, column: Column = "side", order: int = 50) -> None:
    """A card on the timeline tab: above it over the whole width, in its column, or at its side."""
    _add(_panels, _Card(draw, order, column))


def add_next_action(draw: Draw, *, order: int = 50) -> None:
    """What is to be done next for the patient; the first that has something to say is shown."""
    _add(_next_actions, _Card(draw, order))


def add_button(draw: Draw, *, order: int = 50) -> None:
    """A button beside the patient's name."""
    _add(_buttons, _Card(draw, order))


def add_tab(tab: Tab) -> None:
    """A tab of the page; a second one of the same key takes its place."""
    _tabs[tab.key] = tab


def tabs(*, seen_by: Actor) -> list[Tab]:
    """The tabs this actor may open, in order."""
    return sorted((tab for tab in _tabs.values() if seen_by.may(tab.permission)), key=lambda tab: tab.order)


def panels(request: HttpRequest, patient: Patient, column: Column) -> list[str]:
    """The cards of a column that have something to say."""
    return _drawn((card for card in _panels if card.column == column), request, patient)


def next_action(request: HttpRequest, patient: Patient) -> str:
    """The one card that says what to do next, or nothing."""
    for card in _next_actions:
        if html := card.draw(request, patient):
            return html
    return ""


def buttons(request: HttpRequest, patient: Patient) -> list[str]:
    """The buttons beside the name."""
    return _drawn(_buttons, request, patient)


def _add(cards: list[_Card], card: _Card) -> None:
    if all(held.draw != card.draw for held in cards):
        cards.append(card)
        cards.sort(key=lambda held: held.order)


def _drawn(cards: Iterable[_Card], request: HttpRequest, patient: Patient) -> list[str]:
    return [html for card in cards if (html := card.draw(request, patient))]
