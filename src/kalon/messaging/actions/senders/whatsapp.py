"""WhatsApp through Meta's Cloud API."""

from typing import Any

import httpx
from django.conf import settings
from pywa import errors
from pywa.client import WhatsApp
from pywa.types.callback import Button
from pywa.types.templates import BodyText, QuickReplyButton, TemplateLanguage

from kalon.messaging.actions.senders.port import (
    NOBODY_KNOWS,
    TIMEOUT,
    Finding,
    NotNow,
    Outgoing,
    Receipt,
    Refused,
    answer,
    seconds_to_wait,
)

NOT_NOW = (errors.ThrottlingError, errors.ServiceUnavailable, errors.AccountInMaintenanceMode)
LANGUAGES = {
    "en": TemplateLanguage.ENGLISH,
    "hi": TemplateLanguage.HINDI,
    "ar": TemplateLanguage.ARABIC,
    "ml": TemplateLanguage.MALAYALAM,
}


class WhatsAppCloud:
    """WhatsApp by Meta's Cloud API: a registered template, or plain words to who wrote within a day.

    Meta cannot be asked what became of a message. Its reports carry our mark (`biz_opaque_callback_data`), so one
    that is lost from sight is found when a report comes in, and else shown to the desk.
    """

    name = "meta"
    arrives = False

    def send(self, message: Outgoing) -> Receipt:
        try:
            taken = _plainly(message) if message.in_conversation else _by_template(message)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise NotNow(f"No connection to WhatsApp: {type(error).__name__}") from error
        except errors.WhatsAppError as error:
            raise _said_by(error) from error
        return Receipt(str(taken.id))

    def reconcile(self, message: Outgoing) -> Finding:
        return NOBODY_KNOWS


def template_name(code: str) -> str:
    """What a message is called among the templates that were registered with Meta."""
    return code.replace("-", "_")


def _by_template(message: Outgoing) -> Any:
    """Meta words it: it is given the names, and what each button says when it is pressed."""
    named = [value or "-" for value in message.values.values()]  # an empty parameter is refused
    buttons = [
        QuickReplyButton.params(callback_data=pressed(digit, message), index=index)
        for index, digit in enumerate(message.choices)
    ]
    words = [BodyText.params(*named)] if named else []
    return _client().send_template(
        to=_number(message),
        name=template_name(message.code),
        language=LANGUAGES.get(message.language, TemplateLanguage.ENGLISH),
        params=[*words, *buttons],
        tracker=message.tracker,
    )


def _plainly(message: Outgoing) -> Any:
    said = message.choices.items()
    buttons = [Button(title=word[:20], callback_data=pressed(digit, message)) for digit, word in said]
    return _client().send_message(
        to=_number(message), text=message.body, buttons=buttons or None, tracker=message.tracker
    )


def pressed(digit: str, message: Outgoing) -> str:
    """What a button sends back: the digit, and the message that asked."""
    return f"{digit}.{message.id}"


def _number(message: Outgoing) -> str:
    return message.recipient.lstrip("+")


def _said_by(error: errors.WhatsAppError) -> Exception:
    response = error.raw_response
    status = response.status_code if response is not None else 0
    retry_after = response.headers.get("Retry-After") if response is not None else None
    if isinstance(error, NOT_NOW):
        return NotNow(f"WhatsApp asked to wait: code {error.code}", wait=seconds_to_wait(retry_after))
    if isinstance(error, errors.AuthorizationError):
        return NotNow(f"WhatsApp does not know our token: code {error.code}")
    said = answer(status, retry_after, "WhatsApp")
    return Refused(f"WhatsApp refused it: code {error.code}") if isinstance(said, Refused) else said or error


def _client() -> WhatsApp:
    given = settings.KALON_WHATSAPP
    hooks = {"request": [_elsewhere]} if given["url"] else {}
    session = httpx.Client(timeout=httpx.Timeout(TIMEOUT[1], connect=TIMEOUT[0]), event_hooks=hooks)
    return WhatsApp(given["phone_id"], given["token"], session=session)


def _elsewhere(request: httpx.Request) -> None:
    """Another address of the same interface: a proxy of the clinic's own."""
    other = httpx.URL(settings.KALON_WHATSAPP["url"])
    request.url = request.url.copy_with(scheme=other.scheme, host=other.host, port=other.port)
