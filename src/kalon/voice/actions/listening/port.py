"""What an engine is asked for and what it answers."""

from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, runtime_checkable

from kalon.voice.rules.lines import Line

RATE = 16_000  # samples a second, one channel

Samples: TypeAlias = Any  # numpy.ndarray[numpy.float32], from -1 to 1; numpy is imported where it works only


class CannotListen(Exception):
    """Speech cannot be recognised here now; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said in some sound, on its own clock, and in which language with how much certainty."""

    lines: tuple[Line, ...]
    language: str
    certainty: float


@runtime_checkable
class Quick(Protocol):
    """An engine that has a shorter way for an order of a few seconds."""

    def order(self, samples: Samples) -> str:
        """Its words alone, in English, without times."""
        ...


class Engine(Protocol):
    """Recognises speech; `name` says which, as it is kept beside the words."""

    name: str

    def speech(self, samples: Samples) -> list[tuple[float, float]]:
        """Where somebody speaks, from and to in seconds; nothing in silence, noise or music."""
        ...

    def recognise(self, samples: Samples, *, hotwords: str, language: str) -> Heard:
        """What is said; `hotwords` are names to expect, `language` the one assumed where it cannot be told."""
        ...
