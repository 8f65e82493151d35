"""Facts announced inside the transaction that made them true.

A lower context announces; upper ones react, at once and in the same transaction: if a reaction
refuses, the fact did not happen. What must leave the building goes through the outbox instead.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

E = TypeVar("E")

_reactions: dict[type, list[Callable[[Any], object]]] = defaultdict(list)


def on(event: type[E], react: Callable[[E], object]) -> None:
    """Have `react` called whenever such a fact is announced; once, however often it is registered."""
    if react not in _reactions[event]:
        _reactions[event].append(react)


def announce(event: object) -> None:
    """Tell everybody who listens that this is now true."""
    for react in tuple(_reactions[type(event)]):
        react(event)
