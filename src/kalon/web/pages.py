"""Pages of the shell itself: refusals and faults, search, theme, the component sheet, the app's manifest."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from kalon.kernel.errors import DomainError, SignInNeeded
from kalon.web import sheet
from kalon.web.assets import OUT
from kalon.web.context import THEMES
from kalon.web.context import shell as shell_context
from kalon.web.context import theme as chosen_theme
from kalon.web.search import find

DESIGNED = {400, 403, 404, 409, 429, 500}


def refused(
    request: HttpRequest,
    *,
    status: int,
    detail: str = "",
    title: str = "",
    alternatives: Sequence[Any] = (),
    obstacles: Sequence[Any] = (),
) -> HttpResponse:
    """A refusal in words: a whole page, or for htmx a notice that is put where the person is."""
    facts = {"status": status, "title": title, "detail": detail, "alternatives": alternatives, "obstacles": obstacles}
    if request.headers.get("HX-Request"):
        return render(request, "partials/refusal.html", facts, status=status)
    return render(request, f"{status if status in DESIGNED else 400}.html", facts, status=status)


def for_refusal(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """The page for a refusal that no front caught; who is not signed in is sent to sign in."""
    if isinstance(refusal, SignInNeeded):
        return sign_in_first(request)
    return refused(
        request,
        status=refusal.status,
        title=refusal.title,
        detail=refusal.detail,
        alternatives=refusal.facts.get("alternatives", ()),
        obstacles=refusal.facts.get("obstacles", ()),
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The address or form could not be read."""
    return refused(request, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The person may not see this."""
    return refused(request, status=403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or came from another place (CSRF_FAILURE_VIEW)."""
    return refused(
        request, status=403, title="This page was open too long",
        detail="Nothing was saved. Go back, reload the page and send it again; what you typed is still there.",
    )  # fmt: skip


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """There is nothing here, or it belongs to somebody else."""
    return refused(request, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our fault: a page that needs no database."""
    facts = {
        "code": getattr(request, "request_id", ""),
        "theme": chosen_theme(request),
        "clinic_name": getattr(settings, "KALON_CLINIC_NAME", "Kalon"),
    }
    return HttpResponse(render_to_string("500.html", facts), status=500)


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and back here afterwards."""
    address = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What was found for `q`: the list alone for the ⌘K box, else a page."""
    text = request.GET.get("q", "")[:200]
    groups = find(getattr(request, "actor", None), text)
    facts = {"text": text.strip(), "groups": groups, "count": sum(len(hits) for _, hits in groups)}
    only_list = request.headers.get("X-Palette") or request.headers.get("HX-Request")
    response = render(request, "search.html#hits" if only_list else "search.html", facts)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark, or follow the system."""
    chosen = request.POST.get("theme", "")
    back = request.POST.get("next", "") or request.headers.get("Referer", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=timedelta(days=730), samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """Every component in every state, for developers and for the demonstration clinic."""
    if not (settings.DEBUG or getattr(settings, "KALON_DEMO", False)):
        raise Http404
    return render(request, "components.html", sheet.samples())


@require_GET
@cache_control(max_age=86400)
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the clinic on its home screen."""
    name = shell_context(request)["clinic_name"]
    icon = {"src": static("web/mark.svg"), "sizes": "any", "type": "image/svg+xml"}
    body = {
        "name": name, "short_name": name[:12].strip(), "start_url": "/", "display": "standalone",
        "background_color": "#FAF8F5", "theme_color": "#1F5C57",
        "icons": [{**icon, "purpose": "any"}, {**icon, "purpose": "maskable"}],
    }  # fmt: skip
    return JsonResponse(body, content_type="application/manifest+json")


@require_GET
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps a patient's next visit on their phone; at the root, for it sees only what lies below it."""
    file = OUT / "sw.js"
    if not file.exists():
        raise Http404
    return HttpResponse(file.read_text(), content_type="text/javascript; charset=utf-8")


@require_GET
@cache_control(max_age=86400)
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines have no business here."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")


@require_GET
def favicon(request: HttpRequest) -> HttpResponse:
    """The mark, for browsers that ask at the root."""
    return HttpResponseRedirect(static("web/mark.svg"))
