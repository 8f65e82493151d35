"""The doctor's page of one consultation as a frame: contexts above plug their cards into it from `apps.ready()`.

    from kalon.consultations.queries import consult_page

    consult_page.add_panel(prescription_card, column="side", order=30)

What is plugged in gives HTML that is already rendered and safe, or None when it has nothing to say. No card stands
inside a form of the page, so a card may bring forms of its own. A card saves itself and never asks the page to
reload: somebody is typing the note beside it.

    above       over the whole width, under the vitals: what must be seen first (a hard stop, a running treatment)
    assessment  in the note, under the assessment: diagnoses
    main        under the note: charts, photos
    side        beside the note: last visit's plans, diagnoses, prescription, orders, plans, consents
    plan        in the note, under the plan: quick buttons ("Lipids, LFT", "Peel series")
    previous    in the summary of the last visit: plans still open, medicines being taken
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest

from kalon.consultations.models import Consultation

Column = Literal["above", "assessment", "plan", "main", "side", "previous"]
Draw = Callable[[HttpRequest, Consultation], str | None]


@dataclass(frozen=True, slots=True)
class _Card:
    draw: Draw
    column: Column
    order: int


_cards: list[_Card] = []


def add_panel(draw: Draw, *, column: Column = "side", order: int = 50) -> None:
    """A card on the doctor's page; within its column the lowest order stands first."""
    if all(held.draw is not draw for held in _cards):
        _cards.append(_Card(draw, column, order))
        _cards.sort(key=lambda card: card.order)


def panels(request: HttpRequest, consultation: Consultation, column: Column) -> list[str]:
    """The cards of a column that have something to say about a consultation."""
    return [html for card in _cards if card.column == column and (html := card.draw(request, consultation))]
