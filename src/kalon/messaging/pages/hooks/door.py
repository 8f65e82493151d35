"""What every door does: no more than so much, no session, forged ones refused and written down without content."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from uuid import UUID

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kalon.kernel import actors, audit
from kalon.kernel.errors import NotFound
from kalon.kernel.tenancy import acting_as
from kalon.messaging import actions, queries
from kalon.messaging.actions.senders import tracked
from kalon.people import queries as people
from kalon.web.fronts import public_page

LARGEST = 256 * 1024  # bytes; the longest of them are a few kilobytes
QUIET_FOR = 60  # seconds in which the same sender of forged ones is written down once
View = Callable[[HttpRequest], HttpResponse]


class Forged(Exception):
    """It is not signed by whom it claims to be from."""


def door(*methods: str) -> Callable[[View], View]:
    """A page for providers only."""

    def frame(view: View) -> View:
        @wraps(view)
        def enter(request: HttpRequest) -> HttpResponse:
            if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
                return HttpResponse("Too large.", status=413, content_type="text/plain")
            try:
                return view(request)
            except Forged as forged:
                _write_down(request, str(forged))
                return HttpResponse("The signature does not fit.", status=403, content_type="text/plain")

        page = csrf_exempt(require_http_methods(list(methods))(public_page(enter)))
        page.opens_own_unit = True  # type: ignore[attr-defined]
        page.permission = None  # type: ignore[attr-defined]
        return page

    return frame


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider says of one message: `tracker` is our own mark, where it gave it back."""

    provider: str
    key: str
    kind: str
    channel: str
    tracker: str = ""
    provider_id: str = ""
    detail: str = ""


def take(report: Report) -> tuple[UUID, UUID] | None:
    """Have a report written down, for the organisation whose message it speaks of; nothing when it is nobody's."""
    found = tracked(report.tracker) or queries.message_of_provider(report.provider_id, report.channel)
    if found is None:
        return None
    organization_id, message_id = found
    try:
        actions.record_report(
            report.provider,
            report.key,
            message_id,
            report.kind,
            provider_id=report.provider_id,
            detail=report.detail,
            by=actors.system("messaging", organization_id),
        )
    except NotFound:
        return None
    return found


def organization_for(request: HttpRequest, channel: str, sender: str) -> UUID | None:
    """Whose number somebody wrote to: who wrote to them last, else the clinic that this address shows."""
    return queries.organization_written_to(channel, sender) or people.public_organization_id(_host(request))


def _write_down(request: HttpRequest, what: str) -> None:
    origin = request.META.get("REMOTE_ADDR") or ""
    organization_id = people.public_organization_id(_host(request))
    if organization_id is None or not cache.add(f"forged:{what}:{origin}", 1, QUIET_FOR):
        return
    by = actors.system("messaging", organization_id).from_origin(origin or None, getattr(request, "request_id", ""))
    with acting_as(by):
        audit.note(by, audit.Kind.DENIED, reason="forged webhook", facts={"path": request.path, "provider": what})


def _host(request: HttpRequest) -> str:
    return request.get_host().split(":")[0]
