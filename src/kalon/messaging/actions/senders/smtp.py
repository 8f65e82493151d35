"""E-mail over SMTP (RFC 5321)."""

import smtplib
from email.utils import formatdate

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from kalon.messaging.actions.senders.mail import compose, domain
from kalon.messaging.actions.senders.port import NOBODY_KNOWS, Finding, NotNow, Outgoing, Receipt, Refused


class Smtp:
    """E-mail over SMTP, by Django's own settings (EMAIL_HOST and so on)."""

    name = "smtp"
    arrives = False

    def send(self, message: Outgoing) -> Receipt:
        link = EmailBackend(timeout=settings.EMAIL_TIMEOUT or 20)
        try:
            link.open()
        except (OSError, smtplib.SMTPException) as error:
            raise NotNow(f"No connection to the mail server: {type(error).__name__}") from error
        identifier = f"<{message.id}.{message.attempt}@{domain()}>"
        headers = {"Message-ID": identifier, "Date": formatdate()}
        try:
            link.send_messages([compose(message, headers=headers, connection=link)])
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise _by_code(code, "the address") from error
        except smtplib.SMTPResponseException as error:
            raise _by_code(error.smtp_code, "the message") from error
        finally:
            _hang_up(link)
        return Receipt(identifier)

    def reconcile(self, message: Outgoing) -> Finding:
        return NOBODY_KNOWS  # SMTP has no question for this


def _by_code(code: int, what: str) -> Exception:
    """SMTP's own distinction: 4xx is for now, 5xx for good (RFC 5321, 4.2.1)."""
    if 400 <= code < 500:
        return NotNow(f"The mail server did not take {what}: {code}")
    return Refused(f"The mail server refused {what}: {code}")


def _hang_up(link: EmailBackend) -> None:
    try:
        link.close()
    except (OSError, smtplib.SMTPException):
        return  # the message was answered already; a rude goodbye changes nothing
