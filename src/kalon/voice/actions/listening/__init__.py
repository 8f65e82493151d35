"""The port behind which speech is recognised: samples in, lines with words and times out.

    with engine() as listener:      # the local one; a test puts its own here by `use`
        listener.recognise(samples, hotwords="…", language="")

An engine that cannot work raises `CannotListen` with a sentence that says what to do. Nothing here reaches a network.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kalon.voice.actions.listening.port import RATE, CannotListen, Engine, Heard, Samples

__all__ = ["RATE", "CannotListen", "Engine", "Heard", "Samples", "engine", "spoken", "use"]


def _local() -> Engine:
    from kalon.voice.actions.listening.local import local_engine

    return local_engine()


_chosen: Callable[[], Engine] = _local


def spoken(samples: Samples) -> list[tuple[float, float]]:
    """Where somebody speaks, from and to in seconds; it needs no speech model."""
    from kalon.voice.actions.listening import local

    return local.spoken(samples)


def engine() -> Engine:
    """The engine of this installation, with its model in memory; raises `CannotListen` where it has none."""
    return _chosen()


@contextmanager
def use(maker: Callable[[], Engine]) -> Iterator[None]:
    """Have another engine listen meanwhile."""
    global _chosen
    before, _chosen = _chosen, maker
    try:
        yield
    finally:
        _chosen = before
