"""Where open screens hear that something changed, and what this page may hear."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from kalon.kernel import live
from kalon.kernel.actors import Kind
from kalon.web.fronts import actor_of, public_page


@dataclass(frozen=True, slots=True)
class Line:
    """What a page needs to listen: the address, its ticket, and where it gets the next one."""

    address: str
    ticket: str
    renew: str
    share: str  # pages of the same browser with the same mark listen together


def line_for(request: HttpRequest) -> Line | None:
    """The line of somebody at the desk; None for everybody else, and where there is no live process."""
    actor = getattr(request, "actor", None)
    address = address_of(request)
    if actor is None or actor.kind is not Kind.STAFF or not address:
        return None
    session = getattr(request, "session", None)
    key = (session.session_key or "") if session is not None else ""
    ticket = live.ticket_for(actor, session_key=key, origin=origin_of(request))
    return None if ticket is None else Line(address, ticket.signed(), "/live/ticket", ticket.session[:16])


def line_of(request: HttpRequest, ticket: live.Ticket, *, renew: str) -> Line | None:
    """The line of a screen that nobody is signed in on."""
    address = address_of(request)
    return Line(address, ticket.signed(), renew, ticket.session[:16]) if address else None


@never_cache
@require_GET
@public_page
def ticket(request: HttpRequest) -> JsonResponse:
    """A fresh ticket for a page that has been open for long; none for whoever is no longer signed in."""
    line = line_for(request) if actor_of(request).kind is Kind.STAFF else None
    return JsonResponse({"ticket": line.ticket} if line else {}, status=200 if line else 403)


def address_of(request: HttpRequest) -> str:
    """The address of the live process as this browser reaches it."""
    if settings.KALON_LIVE_URL or not settings.KALON_LIVE_PORT:
        return str(settings.KALON_LIVE_URL)
    host = urlsplit(f"//{request.get_host()}").hostname or "localhost"
    host = f"[{host}]" if ":" in host else host
    return f"{request.scheme}://{host}:{settings.KALON_LIVE_PORT}/live"


def origin_of(request: HttpRequest) -> str:
    """This page's own address, as a browser names it."""
    return f"{request.scheme}://{request.get_host()}"


def sources(request: HttpRequest) -> str:
    """Whom a page may connect to (for its content security policy)."""
    parts = urlsplit(address_of(request))
    return f"'self' {parts.scheme}://{parts.netloc}" if parts.netloc else "'self'"
