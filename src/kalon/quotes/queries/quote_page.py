"""The pages of one quote as a frame: contexts above plug their cards into the desk's page and the patient's.

    from kalon.quotes.queries import quote_page

    quote_page.add_panel(how_to_pay, where="patient", order=20)

`patient`: under the breakdown, above the signature ("How would you like to pay?"); with `form="sign"` an input in it is
sent along with the signature. `desk`: at the side of the desk's page. What is plugged in gives HTML that is already
rendered and safe, or None when it has nothing to say.
"""

from collections.abc import Callable
from typing import Literal

from django.http import HttpRequest

from kalon.quotes.models import Quote

Where = Literal["patient", "desk"]
Draw = Callable[[HttpRequest, Quote], str | None]

_panels: list[tuple[int, Where, Draw]] = []


def add_panel(draw: Draw, *, where: Where, order: int = 50) -> None:
    """A card on a quote's page; the lowest order stands first."""
    if all((held, place) != (draw, where) for _, place, held in _panels):
        _panels.append((order, where, draw))
        _panels.sort(key=lambda panel: panel[0])


def panels(request: HttpRequest, quote: Quote, where: Where) -> list[str]:
    """The cards that have something to say about a quote."""
    return [html for _, place, draw in _panels if place == where and (html := draw(request, quote))]
