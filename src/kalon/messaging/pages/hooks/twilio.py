"""What Twilio says: how an SMS went, and what somebody wrote to our number."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from twilio.request_validator import RequestValidator

from kalon.kernel import actors, clock
from kalon.messaging import actions
from kalon.messaging.models import Channel
from kalon.messaging.models.messages import DeliveryEvent
from kalon.messaging.pages.hooks.door import Forged, Report, door, organization_for, take

Kind = DeliveryEvent.Kind
KINDS = {
    "sent": Kind.ACCEPTED,
    "delivered": Kind.DELIVERED,
    "read": Kind.READ,
    "undelivered": Kind.REFUSED,
    "failed": Kind.REFUSED,
}
NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'  # TwiML: what we say, we say by ourselves


@door("POST")
def twilio_status(request: HttpRequest) -> HttpResponse:
    """How a message went; `of` in the address is our own mark, and the address is part of what Twilio signs."""
    _must_be_twilio(request)
    said = request.POST
    sid, status = said.get("MessageSid", "")[:64], said.get("MessageStatus", "")[:20]
    kind = KINDS.get(status)
    if kind is not None and sid:
        code = said.get("ErrorCode", "")[:10]
        detail = f"Twilio: {status}{f', code {code}' if code else ''}"
        take(
            Report(
                provider="twilio",
                key=f"{sid} {status}",
                kind=kind,
                channel=Channel.SMS,
                tracker=request.GET.get("of", "")[:80],
                provider_id=sid,
                detail=detail,
            )
        )
    return HttpResponse(status=204)


@door("POST")
def twilio_incoming(request: HttpRequest) -> HttpResponse:
    """Somebody wrote to our number; a message to another number of the same account is not ours."""
    _must_be_twilio(request)
    said = request.POST
    sid, sender = said.get("MessageSid", "")[:64], said.get("From", "")[:40]
    ours = said.get("To") == settings.KALON_TWILIO["from"]
    organization_id = organization_for(request, Channel.SMS, sender) if ours and sid and sender else None
    if organization_id is not None:
        actions.receive(
            "twilio",
            sid,
            channel=Channel.SMS,
            sender=sender,
            text=said.get("Body", ""),
            written_at=clock.now(),
            by=actors.system("messaging", organization_id),
        )
    return HttpResponse(NO_ANSWER, content_type="text/xml")


def _must_be_twilio(request: HttpRequest) -> None:
    token = settings.KALON_TWILIO["token"]
    signature = request.headers.get("X-Twilio-Signature", "")
    address = f"{settings.KALON_URL.rstrip('/')}{request.get_full_path()}"  # as Twilio was told, whatever proxies do
    if not token or not signature or not RequestValidator(token).validate(address, request.POST, signature):
        raise Forged("twilio")
