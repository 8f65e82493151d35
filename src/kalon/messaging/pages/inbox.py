"""The demonstration's inbox: every phone and mailbox of the invented clinic on one page.

Only where `KALON_DEMO` is set: it shows one-time codes to anybody, because a visitor who tries the demonstration has no
other way to read theirs. On a real installation the address does not exist.
"""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse

from kalon.kernel import actors
from kalon.kernel.tenancy import acting_as
from kalon.messaging import queries
from kalon.messaging.models import Message
from kalon.people import queries as people
from kalon.web.fronts import public_page, render

PAGE = 20
SEARCHED = 300  # the newest that a filter by recipient looks through: recipients are encrypted


@public_page
def inbox(request: HttpRequest) -> HttpResponse:
    """What was sent, newest first, as whoever got it reads it."""
    if not settings.KALON_DEMO:
        raise Http404
    organization_id = people.public_organization_id(request.get_host().split(":")[0])
    if organization_id is None:
        raise Http404
    to = request.GET.get("to", "").strip().lower()[:200]
    by = actors.system("the demonstration's inbox", organization_id)
    with acting_as(by):
        rows = queries.messages(seen_by=by).exclude(template_code="")
        found: Any = [message for message in rows[:SEARCHED] if to in message.recipient.lower()] if to else rows
        page = Paginator(found, PAGE).get_page(request.GET.get("page"))
        context = {"page": page, "letters": [_letter(message) for message in page], "to": to}
        return render(request, "messaging/inbox.html", context)


inbox.opens_own_unit = True  # type: ignore[attr-defined]


def _letter(message: Message) -> dict[str, Any]:
    return {
        "id": message.pk,
        "channel": message.channel,
        "recipient": message.recipient,
        "at": message.created_at,
        "subject": message.subject,
        "body": message.body,
        "is_purged": message.is_purged,
        "status": message.status,
        "language": message.language,
    }
