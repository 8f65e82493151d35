"""Notifications by web push (RFC 8030), encrypted for the one browser that asked (RFC 8291)."""

import base64
import json
from datetime import timedelta

import requests
from django.conf import settings
from py_vapid import Vapid
from pywebpush import WebPushException, webpush

from kalon.kernel import clock
from kalon.messaging.actions.senders.port import (
    NOBODY_KNOWS,
    TIMEOUT,
    Device,
    Finding,
    NotNow,
    Outgoing,
    Receipt,
    Refused,
    answer,
)
from kalon.messaging.actions.senders.push_services import is_known_service
from kalon.messaging.actions.senders.reached import never_reached

KEPT_FOR = timedelta(days=1)
GONE = (404, 410)


class WebPush:
    """A notification on each device of the patient that asked; taken when at least one service takes it."""

    name = "webpush"
    arrives = False

    def send(self, message: Outgoing) -> Receipt:
        taken: list[str] = []
        ended = []
        trouble: Exception | None = None
        for device in message.devices:
            try:
                taken.append(_send_to(device, message))
            except _Gone:
                ended.append(device.id)
            except Exception as error:  # the other devices are told all the same
                trouble = error
        if taken:
            return Receipt(taken[0][:200], tuple(ended))
        if trouble is not None:
            raise trouble
        raise Refused("No device asks for notifications any more.", ended=tuple(ended))

    def reconcile(self, message: Outgoing) -> Finding:
        return NOBODY_KNOWS


class _Gone(Exception):
    """The browser has ended its subscription."""


def _send_to(device: Device, message: Outgoing) -> str:
    if not is_known_service(device.endpoint):
        raise _Gone
    words = {"title": message.subject, "body": message.body, "tag": str(message.id), "url": "/my/"}
    try:
        response = webpush(
            {"endpoint": device.endpoint, "keys": {"p256dh": device.p256dh, "auth": device.auth}},
            data=json.dumps(words, ensure_ascii=False),
            vapid_private_key=Vapid.from_string(message.push_key[1]),
            vapid_claims={"sub": settings.KALON_PUSH["contact"]},
            ttl=_seconds_left(message),
            timeout=TIMEOUT,
            headers={"Topic": _topic(message), "Urgency": "normal"},
        )
    except requests.RequestException as error:
        if never_reached(error):
            raise NotNow(f"No connection to the push service: {type(error).__name__}") from error
        raise
    except WebPushException as error:
        status = error.status_code or 0
        if status in GONE:
            raise _Gone from error
        raise answer(status, error.retry_after, "The push service") or error from error
    return str(getattr(response, "headers", {}).get("Location", "") or "pushed")


def _topic(message: Outgoing) -> str:
    """32 characters that name the message: while a device is off, its service keeps one of a topic, not two."""
    return base64.urlsafe_b64encode(message.id.bytes).decode().rstrip("=")


def _seconds_left(message: Outgoing) -> int:
    end = message.until or clock.now() + KEPT_FOR
    return max(0, min(int((end - clock.now()).total_seconds()), int(KEPT_FOR.total_seconds())))
