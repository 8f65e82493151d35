"""The page of one plan as a frame: contexts above plug their cards and what they still miss into it.

    from kalon.plans.queries import plan_page

    plan_page.add_panel(quote_card, column="main", order=20)
    plan_page.add_missing(quote_missing, order=20)

A panel gives HTML that is already rendered and safe, or None when it has nothing to say. What is missing is said in a
`Guard`: one thing the plan needs before it goes on, who sees to it, and the button that does it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest

from kalon.kernel.actors import Actor
from kalon.plans.models import ProcedurePlan

Column = Literal["main", "side"]
Draw = Callable[[HttpRequest, ProcedurePlan], str | None]


@dataclass(frozen=True, slots=True)
class Guard:
    """One thing that a plan needs before it goes on, and who sees to it."""

    word: str
    who: str
    done: bool
    url: str = ""
    label: str = ""


Missing = Callable[[ProcedurePlan, Actor], Iterable[Guard]]

_panels: list[tuple[int, Column, Draw]] = []
_missing: list[tuple[int, Missing]] = []


def add_panel(draw: Draw, *, column: Column = "side", order: int = 50) -> None:
    """A card on a plan's page; within its column the lowest order stands first."""
    if all(held is not draw for _, _, held in _panels):
        _panels.append((order, column, draw))
        _panels.sort(key=lambda panel: panel[0])


def add_missing(ask: Missing, *, order: int = 50) -> None:
    """What a context above still wants of a plan, in the list of what is missing."""
    if all(held is not ask for _, held in _missing):
        _missing.append((order, ask))
        _missing.sort(key=lambda one: one[0])


def panels(request: HttpRequest, plan: ProcedurePlan, column: Column) -> list[str]:
    """The cards of a column that have something to say about a plan."""
    return [html for _, where, draw in _panels if where == column and (html := draw(request, plan))]


def missing(plan: ProcedurePlan, by: Actor) -> list[Guard]:
    """What the contexts above still want of a plan, and what of it is done."""
    return [guard for _, ask in _missing for guard in ask(plan, by)]
