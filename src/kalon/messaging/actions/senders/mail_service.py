"""E-mail through a mail service's own API, whichever of those that django-anymail knows."""

import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailUnsupportedFeature,
)
from anymail.message import AnymailMessage
from django.conf import settings
from django.core.mail import get_connection

from kalon.messaging.actions.senders.mail import compose
from kalon.messaging.actions.senders.port import NOBODY_KNOWS, Finding, NotNow, Outgoing, Receipt, Refused, answer
from kalon.messaging.actions.senders.reached import never_reached


class MailService:
    """E-mail by `KALON_MAIL_SERVICE` (postmark, sendgrid, mailgun, amazon_ses, …); its reports come to /hooks/mail."""

    name = "anymail"
    arrives = False

    def send(self, message: Outgoing) -> Receipt:
        service = settings.KALON_MAIL_SERVICE
        link = get_connection(f"anymail.backends.{service}.EmailBackend", fail_silently=False)
        mail = compose(message, AnymailMessage, connection=link, metadata={"kalon": message.tracker})
        try:
            mail.send()
        except (AnymailRecipientsRefused, AnymailInvalidAddress, AnymailUnsupportedFeature) as error:
            raise Refused(f"The mail service refused it: {type(error).__name__}") from error
        except AnymailAPIError as error:
            raise _said_by(error) from error
        status = mail.anymail_status
        if status.status and status.status <= {"invalid", "rejected", "failed"}:
            raise Refused(f"The mail service refused the address: {', '.join(sorted(map(str, status.status)))}")
        return Receipt(str(status.message_id or "")[:200])

    def reconcile(self, message: Outgoing) -> Finding:
        return NOBODY_KNOWS  # a tracking report may still tell: they carry our own mark


def _said_by(error: Exception) -> Exception:
    status: int | None = getattr(error, "status_code", None)
    if status is not None:
        headers = getattr(getattr(error, "response", None), "headers", {})
        return answer(status, headers.get("Retry-After"), "The mail service") or error
    cause = error.__cause__
    if isinstance(cause, requests.RequestException) and never_reached(cause):
        return NotNow("No connection to the mail service")
    return error
