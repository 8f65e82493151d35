"""SMS through Twilio's Messages resource."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from django.conf import settings
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from kalon.kernel import clock
from kalon.messaging.actions.senders.port import (
    NOBODY_KNOWS,
    TIMEOUT,
    Fate,
    Finding,
    NotNow,
    Outgoing,
    Receipt,
    Refused,
    seconds_to_wait,
)
from kalon.messaging.actions.senders.reached import never_reached
from kalon.messaging.actions.senders.urls import hook

LOOKED_AT = 100  # the newest messages to a number that are compared with a lost one


class Twilio:
    """SMS by Twilio; its reports come to /hooks/twilio/status, answers to /hooks/twilio/incoming."""

    name = "twilio"
    arrives = False

    def send(self, message: Outgoing) -> Receipt:
        report_to = hook("twilio/status", of=message.tracker)
        more = {"status_callback": report_to} if report_to else {}
        try:
            taken = _client().messages.create(
                to=message.recipient, from_=settings.KALON_TWILIO["from"], body=message.body, **more
            )
        except requests.RequestException as error:
            if never_reached(error):
                raise NotNow(f"No connection to Twilio: {type(error).__name__}") from error
            raise
        except TwilioRestException as error:
            if error.status < 500:
                raise Refused(f"Twilio refused it: {error.status}, code {error.code}") from error
            raise  # it may have been taken: ask
        return Receipt(str(taken.sid))

    def reconcile(self, message: Outgoing) -> Finding:
        """Look for it among what Twilio sent to that number: the same words, no other message's, not before we began.

        Twilio keeps no mark of ours on a message, so the words are the mark. That it is not listed counts only some
        minutes later: a list may lag behind.
        """
        assert message.began_at is not None
        since = message.began_at - timedelta(minutes=1)
        try:
            listed = _client().messages.list(to=message.recipient, from_=settings.KALON_TWILIO["from"], limit=LOOKED_AT)
        except (requests.RequestException, TwilioRestException, NotNow):
            return NOBODY_KNOWS
        for one in listed:
            fits = one.body == message.body and one.sid not in message.not_these
            if fits and one.date_created is not None and one.date_created >= since:
                return Finding(Fate.TAKEN, str(one.sid))
        settled = message.began_at + timedelta(seconds=settings.KALON_TWILIO["settled_seconds"])
        return Finding(Fate.NEVER_TAKEN) if clock.now() >= settled else NOBODY_KNOWS


class _Http(TwilioHttpClient):  # type: ignore[misc]  # the library is not typed here
    """Twilio's own client, which also hears Retry-After, and can be pointed at another address."""

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        kwargs["timeout"] = TIMEOUT[1]  # the library takes one number for both
        elsewhere = settings.KALON_TWILIO["url"]
        if elsewhere:
            url = urlunsplit((*urlsplit(elsewhere)[:2], *urlsplit(url)[2:]))
        response = super().request(method, url, *args, **kwargs)
        if response.status_code in (429, 503):
            raise NotNow(
                f"Twilio asked to wait: {response.status_code}",
                wait=seconds_to_wait(response.headers.get("Retry-After")),
            )
        return response


def _client() -> Client:
    given = settings.KALON_TWILIO
    return Client(given["account"], given["token"], http_client=_Http())
