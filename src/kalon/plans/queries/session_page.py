"""The page of one session as a frame: contexts above plug their cards into it (consumables, photographs, consents).

    from kalon.plans.queries import session_page

    session_page.add_panel(consumables, column="main", order=20)

A panel gives HTML that is already rendered and safe, or None when it has nothing to say.
"""

from collections.abc import Callable
from typing import Literal

from django.http import HttpRequest

from kalon.plans.models import ProcedureSession

Column = Literal["main", "side"]
Draw = Callable[[HttpRequest, ProcedureSession], str | None]

_panels: list[tuple[int, Column, Draw]] = []


def add_panel(draw: Draw, *, column: Column = "side", order: int = 50) -> None:
    """A card on a session's page; within its column the lowest order stands first."""
    if all(held is not draw for _, _, held in _panels):
        _panels.append((order, column, draw))
        _panels.sort(key=lambda panel: panel[0])


def panels(request: HttpRequest, session: ProcedureSession, column: Column) -> list[str]:
    """The cards of a column that have something to say about a session."""
    return [html for _, where, draw in _panels if where == column and (html := draw(request, session))]
