"""One way of asking a gateway over HTTP: short patience, no redirects, one retry policy, no secret in any error."""

import time
from typing import Any

import requests

from kalon.billing.actions.gateways.port import NoAnswer, Refused

PATIENCE = (5.0, 20.0)  # seconds to connect, and to answer
WAITS = (0.3, 1.2)  # seconds before the second and the third try
# The gateway says itself that it did nothing, or is still at it: the same key asks for the same thing again.
AGAIN = frozenset({409, 425, 429, 500, 502, 503, 504})
LARGEST = 2_000_000


def ask(method: str, url: str, *, auth: Any = None, headers: dict[str, str] | None = None, **content: Any) -> Any:
    """The gateway's JSON answer; `Refused` when it said no, `NoAnswer` when nobody knows.

    Whatever may have arrived is only asked again by reading or under its own key, so nothing is done twice. An answer
    that takes too long is not waited for a second time: the job that asks afterwards will.
    """
    last = "It did not answer."
    for wait in (*WAITS, None):
        try:
            answer = requests.request(
                method, url, auth=auth, headers=headers, timeout=PATIENCE, allow_redirects=False, **content
            )
        except requests.ReadTimeout:
            raise NoAnswer("It took too long to answer.") from None
        except requests.RequestException as error:
            last = f"No connection ({type(error).__name__})."  # its words may hold the address with what was asked
        else:
            if answer.status_code not in AGAIN:
                return _read(answer)
            last = f"It answered {answer.status_code}."
        if wait is not None:
            time.sleep(wait)
    raise NoAnswer(last)


def _read(answer: requests.Response) -> Any:
    try:
        said = answer.json() if len(answer.content) <= LARGEST else None
    except ValueError:
        said = None
    if answer.status_code in (401, 403):
        raise Refused("The gateway does not accept these keys. Look at the settings of online payments.")
    if not isinstance(said, dict):
        raise NoAnswer(f"It answered {answer.status_code}, with something that is no JSON.")
    if 200 <= answer.status_code < 300:
        return said
    error = said.get("error")
    if answer.status_code >= 500 or not isinstance(error, dict):
        raise NoAnswer(f"It answered {answer.status_code}.")
    raise SaidNo(str(error.get("type", "")), str(error.get("code", "")), _sentence(error))


class SaidNo(Refused):
    """A refusal with the gateway's own code of it."""

    def __init__(self, kind: str, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind, self.code = kind, code


def _sentence(error: dict[str, Any]) -> str:
    said = error.get("message") or error.get("description") or error.get("code") or "It gave no reason."
    return " ".join(str(said).split())[:200]
