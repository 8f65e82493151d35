"""Google Calendar behind the port of outside calendars: a service account writes, nothing is ever read back.

The clinic makes a service account with Google, saves its key as a file, names the file in KALON_GOOGLE_CREDENTIALS,
and each person shares their calendar with that account. Facts: Google Calendar API v3, events insert, update and
delete; an event's own id may be chosen (a–v and 0–9), which makes writing it twice harmless. The token comes by the
JWT bearer grant (RFC 7523). Google's own sign-in library asks another of its services where the account is allowed,
unasked; a clinic's server tells nobody more than it must, so the grant is made here.
"""

import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jwt
import requests
from django.conf import settings

from kalon.scheduling.actions.outside import Entry, NotNow, Refused

SCOPE = "https://www.googleapis.com/auth/calendar.events"
PATIENCE = 20  # seconds
LATER = (408, 429, 500, 502, 503, 504)
HOUR = 3600  # the longest a grant may be good for
_tokens: dict[str, tuple[str, float]] = {}  # key file -> token, and until when it is used


class GoogleCalendar:
    """Writes entries into one Google calendar, and takes them out."""

    def __init__(self, address: str) -> None:
        self.events = f"{settings.KALON_GOOGLE_API}/calendars/{quote(address, safe='')}/events"

    def put(self, entry: Entry) -> None:
        """Write an entry, whether it stands there already or not."""
        body = _body(entry)
        answer = self._ask("PUT", f"{self.events}/{entry.key}", body)
        if answer.status_code == 404:
            answer = self._ask("POST", self.events, {**body, "id": entry.key})
        if answer.status_code == 409:  # written in the same moment by another try
            return
        _settle(answer)

    def remove(self, key: str) -> None:
        """Take an entry out; one that is not there is out already."""
        answer = self._ask("DELETE", f"{self.events}/{key}", None)
        if answer.status_code not in (404, 410):
            _settle(answer)

    def _ask(self, method: str, url: str, body: dict[str, Any] | None) -> requests.Response:
        try:
            headers = {"Authorization": f"Bearer {_token(settings.KALON_GOOGLE_CREDENTIALS)}"}
            return requests.request(method, url, json=body, headers=headers, timeout=PATIENCE)
        except requests.RequestException as error:
            raise NotNow(f"Google did not answer: {type(error).__name__}") from error


def is_set_up() -> bool:
    """Whether the clinic has a service account with Google."""
    return bool(settings.KALON_GOOGLE_CREDENTIALS)


def _token(file: str) -> str:
    """A token to write events with, asked for anew five minutes before it ends."""
    token, until = _tokens.get(file, ("", 0.0))
    now = time.time()
    if now < until:
        return token
    account = json.loads(Path(file).read_text())
    claims = {
        "iss": account["client_email"], "scope": SCOPE, "aud": account["token_uri"], "iat": int(now),
        "exp": int(now) + HOUR,
    }  # fmt: skip
    grant = {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "assertion": jwt.encode(claims, account["private_key"], "RS256", {"kid": account["private_key_id"]}),
    }
    answer = requests.post(account["token_uri"], data=grant, timeout=PATIENCE)
    _settle(answer)
    given = answer.json()
    _tokens[file] = (given["access_token"], now + given["expires_in"] - 300)
    return str(given["access_token"])


def _settle(answer: requests.Response) -> None:
    if answer.ok:
        return
    if answer.status_code in LATER:
        raise NotNow(f"Google answered {answer.status_code}.")
    raise Refused(
        f"Google refused with {answer.status_code}. Share the calendar with the clinic's service account, with the "
        "right to change events."
    )


def _body(entry: Entry) -> dict[str, Any]:
    return {
        "summary": entry.title,
        "location": entry.where,
        "description": entry.note,
        "status": "confirmed",
        "start": _at(entry.start, entry.timezone),
        "end": _at(entry.end, entry.timezone),
        "reminders": {"useDefault": False},
        "visibility": "private",
    }


def _at(instant: datetime, timezone: str) -> dict[str, str]:
    return {"dateTime": instant.isoformat(), "timeZone": timezone}
