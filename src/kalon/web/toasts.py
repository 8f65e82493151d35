"""Good news in a corner, with a way back. Errors are never toasts: they stay where they happened."""

import json
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

Response = TypeVar("Response", bound=HttpResponse)


def toast(response: Response, text: str, *, undo: str = "", icon: str = "check") -> Response:
    """Show a sentence when this htmx response arrives; `undo` is an address that is POSTed to."""
    triggers = json.loads(response.headers.get("HX-Trigger", "{}"))
    response.headers["HX-Trigger"] = json.dumps({**triggers, "k-toast": {"text": text, "undo": undo, "icon": icon}})
    return response


def toast_next(request: HttpRequest, text: str, *, undo: str = "", icon: str = "check") -> None:
    """Show a sentence on the next whole page, for instance after a redirect."""
    messages.success(request, text, extra_tags=json.dumps({"undo": undo, "icon": icon}))
