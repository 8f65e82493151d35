"""What is to be signed before a session: contexts above say so, each for what it keeps.

    from kalon.plans.queries import session_consents

    session_consents.add(session_consent_missing)

An answer is a sentence that says what is missing and who sees to it; None where nothing is asked, or all is signed.
Whoever changes the answer calls `plans.actions.session_consent_changed` in the same unit of work.
"""

from collections.abc import Callable

from kalon.kernel.actors import Actor
from kalon.plans.models import ProcedureSession

Ask = Callable[[ProcedureSession, Actor], str | None]

_asks: list[Ask] = []


def add(ask: Ask) -> None:
    """Have a session wait until this answers None."""
    if ask not in _asks:
        _asks.append(ask)


def remove(ask: Ask) -> None:
    """No longer wait for it."""
    if ask in _asks:
        _asks.remove(ask)


def missing(session: ProcedureSession, by: Actor) -> list[str]:
    """What is still to be signed before this session, each in a sentence."""
    return [words for ask in _asks if (words := ask(session, by))]
