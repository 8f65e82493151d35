"""Webhooks as the providers make them, each signed in its own way."""

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client

from kalon.kernel import clock
from kalon.messaging.models import Message
from kalon.messaging.tests.providers import APP_SECRET, PHONE_ID, TOKEN

OURS, MEERAS = "+18005550100", "+919800000001"
URL = "https://saanvi.example"


def twilio(path: str, *, token: str = TOKEN, **said: str) -> HttpResponse:
    """A request as Twilio makes it: form fields, signed with the address over HMAC-SHA1."""
    signed = URL + path + "".join(f"{key}{said[key]}" for key in sorted(said))
    signature = base64.b64encode(hmac.digest(token.encode(), signed.encode(), "sha1")).decode()
    return Client().post(
        path, urlencode(said), "application/x-www-form-urlencoded", headers={"X-Twilio-Signature": signature}
    )


def report(message: Message, status: str, sid: str = "SM1", **more: str) -> HttpResponse:
    path = f"/hooks/twilio/status?of={message.organization_id}.{message.pk}"
    return twilio(path, MessageSid=sid, MessageStatus=status, To=MEERAS, **more)


def incoming(text: str, sid: str = "SMin", *, to: str = OURS, sender: str = MEERAS, **how: str) -> HttpResponse:
    return twilio("/hooks/twilio/incoming", MessageSid=sid, From=sender, To=to, Body=text, **how)


def meta(*values: dict[str, Any], secret: str = APP_SECRET, phone_id: str = PHONE_ID) -> HttpResponse:
    metadata = {"display_phone_number": "18005550100", "phone_number_id": phone_id}
    changes = [{"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
               for value in values]  # fmt: skip
    return meta_raw(
        json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}), secret
    )


def meta_raw(body: str, secret: str = APP_SECRET) -> HttpResponse:
    signature = hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={signature}"}
    return Client().post("/hooks/whatsapp", body, "application/json", headers=headers)


def wrote(text: str, wamid: str = "wamid.in", *, at: Any = None, **how: Any) -> HttpResponse:
    said = {"from": MEERAS[1:], "id": wamid, "timestamp": str(int((at or clock.now()).timestamp()))}
    return meta({"messages": [{**said, "type": "text", "text": {"body": text}}]}, **how)


def pressed(payload: str, wamid: str = "wamid.btn") -> HttpResponse:
    said = {"from": MEERAS[1:], "id": wamid, "timestamp": str(int(clock.now().timestamp())), "type": "button"}
    return meta({"messages": [{**said, "button": {"payload": payload, "text": "Cancel"}}]})


def went(message: Message, status: str, wamid: str = "wamid.1") -> HttpResponse:
    tracker = f"{message.organization_id}.{message.pk}"
    said = {"id": wamid, "status": status, "timestamp": "1795248000", "recipient_id": MEERAS[1:]}
    return meta({"statuses": [{**said, "biz_opaque_callback_data": tracker}]})


def mail_report(secret: str = "mail:secret", **said: Any) -> HttpResponse:
    basic = base64.b64encode(secret.encode()).decode()
    return Client().post(
        "/hooks/mail", json.dumps(said), "application/json", headers={"Authorization": f"Basic {basic}"}
    )
