"""What a visit was paid for before: a higher context knows of packages, and says what the visit's bill shows."""

from collections.abc import Callable
from typing import Any

from kalon.kernel.actors import Actor

# (the visit, what names its session on a bill, who asks) -> the `LineDetails` of the bill's line, or None
Says = Callable[[Any, str, Actor], Any]
_says: list[Says] = []


def add_bought(say: Says) -> None:
    """Ask this, too, before a visit is billed at the catalogue's price."""
    if say not in _says:
        _says.append(say)


def bought_for(visit: Any, source: str, by: Actor) -> Any:
    """The line of a visit that is not billed at the catalogue's price, or None."""
    return next((line for say in _says if (line := say(visit, source, by)) is not None), None)
