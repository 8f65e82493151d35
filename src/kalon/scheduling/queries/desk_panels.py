"""The desk's day and its queue as frames: contexts above plug a strip into them from their `apps.ready()`.

    from kalon.scheduling.queries import desk_panels

    desk_panels.add_panel(what_is_due, order=40)

What is plugged in gives HTML that is already rendered and safe, or None when it has nothing to say about a branch.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

Draw = Callable[[HttpRequest, Any], str | None]

_panels: list[tuple[int, Draw]] = []


def add_panel(draw: Draw, *, order: int = 50) -> None:
    """A strip above the day's visits and above the queue; the lowest order stands first."""
    if all(held is not draw for _, held in _panels):
        _panels.append((order, draw))
        _panels.sort(key=lambda panel: panel[0])


def panels(request: HttpRequest, branch: Any) -> list[str]:
    """The strips that have something to say about a branch."""
    return [html for _, draw in _panels if (html := draw(request, branch))]
