"""What the mail service says: whether an e-mail arrived, bounced, or was unwanted."""

from typing import Any

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kalon.kernel import actors
from kalon.kernel.tenancy import acting_as
from kalon.messaging import actions, queries
from kalon.messaging.models import Channel
from kalon.messaging.models.messages import DeliveryEvent
from kalon.messaging.pages.hooks.door import Forged, Report, door, take

Kind = DeliveryEvent.Kind
KINDS = {
    EventType.SENT: Kind.ACCEPTED,
    EventType.DELIVERED: Kind.DELIVERED,
    EventType.DEFERRED: Kind.DEFERRED,
    EventType.BOUNCED: Kind.REFUSED,
    EventType.REJECTED: Kind.REFUSED,
    EventType.FAILED: Kind.REFUSED,
}
UNWANTED = (EventType.COMPLAINED, EventType.UNSUBSCRIBED)


@door("POST", "HEAD")
def mail(request: HttpRequest) -> HttpResponse:
    """The tracking reports of the service that is configured, read by django-anymail."""
    if request.method == "HEAD":
        return HttpResponse()  # some services look whether we are here
    view = _reader()
    try:
        view.run_validators(request)
    except AnymailWebhookValidationFailure as error:
        raise Forged("mail") from error
    try:
        events = view.parse_events(request)
    except (ValueError, KeyError, TypeError, RecursionError, AnymailError):
        return HttpResponse("This could not be read.", status=400, content_type="text/plain")
    for event in events:
        _event(event)
    return HttpResponse("ok", content_type="text/plain")


def _reader() -> Any:
    """The library's own page for the service: it checks the signature over the body, and knows the words."""
    from anymail import urls as known  # every service's page: a quarter of a second that no other page should cost

    names = (f"{settings.KALON_MAIL_SERVICE}_tracking_webhook", f"{settings.KALON_MAIL_SERVICE}_webhook")
    view = next((found.callback.view_class for found in known.urlpatterns if found.name in names), None)
    unsigned = view is not None and view.warn_if_no_basic_auth and not settings.ANYMAIL.get("WEBHOOK_SECRET")
    if view is None or unsigned:
        raise Forged("mail")
    return view()


def _event(event: AnymailTrackingEvent) -> None:
    kind = KINDS.get(event.event_type)
    tracker = str((event.metadata or {}).get("kalon", ""))[:80]
    mail_id = str(event.message_id or "")[:200]
    if event.event_type in UNWANTED:
        kind = Kind.DELIVERED  # it was read, and not liked
    if kind is None:
        return
    at = event.timestamp.isoformat() if event.timestamp else ""
    found = take(
        Report(
            provider="mail",
            key=str(event.event_id or f"{mail_id} {event.event_type} {at}"),
            kind=kind,
            channel=Channel.EMAIL,
            tracker=tracker,
            provider_id=mail_id,
            detail=f"Mail service: {event.event_type}{f', {event.reject_reason}' if event.reject_reason else ''}",
        )
    )
    if found and event.event_type in UNWANTED:
        _stop(*found)


def _stop(organization_id: Any, message_id: Any) -> None:
    by = actors.system("messaging", organization_id)
    with acting_as(by):
        patient_id = queries.message(message_id, seen_by=by).patient_id
        if patient_id is not None:
            actions.stop(patient_id, Channel.EMAIL, by=by)
