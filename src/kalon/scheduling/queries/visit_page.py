"""The page of one visit as a frame: contexts above plug their cards into it from their `apps.ready()`.

    from kalon.scheduling.queries import visit_page

    visit_page.add_panel(visit_money, order=40)

What is plugged in gives HTML that is already rendered and safe, or None when it has nothing to say.
"""

from collections.abc import Callable

from django.http import HttpRequest

from kalon.scheduling.models import Appointment

Draw = Callable[[HttpRequest, Appointment], str | None]

_panels: list[tuple[int, Draw]] = []


def add_panel(draw: Draw, *, order: int = 50) -> None:
    """A card at the side of the visit's page; the lowest order stands first."""
    if all(held is not draw for _, held in _panels):
        _panels.append((order, draw))
        _panels.sort(key=lambda panel: panel[0])


def panels(request: HttpRequest, visit: Appointment) -> list[str]:
    """The cards that have something to say about a visit."""
    return [html for _, draw in _panels if (html := draw(request, visit))]
