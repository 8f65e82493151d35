"""What Meta says: how a WhatsApp message went, and what somebody wrote or pressed."""

import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kalon.kernel import actors, clock
from kalon.messaging import actions
from kalon.messaging.models import Channel
from kalon.messaging.models.messages import DeliveryEvent
from kalon.messaging.pages.hooks.door import Forged, Report, door, organization_for, take

Kind = DeliveryEvent.Kind
KINDS = {"sent": Kind.ACCEPTED, "delivered": Kind.DELIVERED, "read": Kind.READ, "failed": Kind.REFUSED}


@door("GET", "POST")
def whatsapp(request: HttpRequest) -> HttpResponse:
    """Meta asks once whether we are here (GET), and then tells (POST)."""
    if request.method == "GET":
        return _we_are_here(request)
    secret = settings.KALON_WHATSAPP["app_secret"]
    signature = request.headers.get("X-Hub-Signature-256", "")
    if not secret or not _is_signed(request.body, secret, signature):
        raise Forged("whatsapp")
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError):
        return HttpResponse("This is not JSON.", status=400, content_type="text/plain")
    for value in _values(said):
        for status in _dicts(value.get("statuses")):
            _status(status)
        for message in _dicts(value.get("messages")):
            _message(request, message)
    return HttpResponse("ok", content_type="text/plain")


def _we_are_here(request: HttpRequest) -> HttpResponse:
    wanted, given = settings.KALON_WHATSAPP["verify_token"], request.GET.get("hub.verify_token", "")
    if (
        request.GET.get("hub.mode") != "subscribe"
        or not wanted
        or not hmac.compare_digest(wanted.encode(), given.encode())
    ):
        raise Forged("whatsapp")
    return HttpResponse(request.GET.get("hub.challenge", "")[:200], content_type="text/plain")


def _is_signed(body: bytes, secret: str, signature: str) -> bool:
    """Whether Meta wrote these bytes: HMAC-SHA256 under the secret of our app."""
    wanted = "sha256=" + hmac.digest(secret.encode(), body, "sha256").hex()
    return hmac.compare_digest(wanted.encode(), signature.encode())


def _values(said: Any) -> Iterator[dict[str, Any]]:
    """What was said to our number: an app of Meta's may hear of other numbers too."""
    for entry in _dicts(said.get("entry") if isinstance(said, dict) else None):
        for change in _dicts(entry.get("changes")):
            value = change.get("value")
            if isinstance(value, dict) and _text(value.get("metadata"), "phone_number_id") == _our_number():
                yield value


def _status(status: dict[str, Any]) -> None:
    kind, wamid = KINDS.get(_text(status, "status")), _text(status, "id")
    if kind is None or not wamid:
        return
    codes = ", ".join(_text(error, "code") for error in _dicts(status.get("errors")))
    take(
        Report(
            provider="meta",
            key=f"{wamid} {kind}",
            kind=kind,
            channel=Channel.WHATSAPP,
            tracker=_text(status, "biz_opaque_callback_data"),
            provider_id=wamid,
            detail=f"WhatsApp: {_text(status, 'status')}{f', code {codes}' if codes else ''}",
        )
    )


def _message(request: HttpRequest, message: dict[str, Any]) -> None:
    sender, wamid = _text(message, "from"), _text(message, "id")
    organization_id = organization_for(request, Channel.WHATSAPP, sender) if sender and wamid else None
    if organization_id is None:
        return
    text, pressed = _words(message)
    actions.receive(
        "meta",
        wamid,
        channel=Channel.WHATSAPP,
        sender=f"+{sender.lstrip('+')}",
        text=text,
        written_at=_at(_text(message, "timestamp")),
        pressed=pressed,
        by=actors.system("messaging", organization_id),
    )


def _words(message: dict[str, Any]) -> tuple[str, str]:
    """What was written, and what a button sent back."""
    kind = _text(message, "type")
    if kind == "text":
        return _text(message.get("text"), "body", most=4000), ""
    if kind == "button":
        return _text(message.get("button"), "text"), _text(message.get("button"), "payload")
    if kind == "interactive":
        reply = (message.get("interactive") or {}).get("button_reply")
        return _text(reply, "title"), _text(reply, "id")
    return f"({kind or 'something'})", ""


def _at(seconds: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return clock.now()


def _our_number() -> str:
    return str(settings.KALON_WHATSAPP["phone_id"])


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: Any, key: str, *, most: int = 300) -> str:
    found = value.get(key) if isinstance(value, dict) else None
    return str(found)[:most] if isinstance(found, str | int) else ""
