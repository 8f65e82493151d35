"""One request is one unit of work: who asks is found out first, then everything runs as them.

A refusal or an error rolls the whole request back; a refusal for lack of rights is written to the log
afterwards, in a transaction of its own, so that it stays.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from kalon.api.idempotency import Idempotency
from kalon.api.problems import problem
from kalon.config.who import actor_for, house_of
from kalon.documents.queries import too_large
from kalon.kernel import audit, devices
from kalon.kernel.actors import Actor, Kind
from kalon.kernel.errors import DomainError, KeyReused, NotFound, NotPermitted, SignInNeeded
from kalon.kernel.tenancy import acting_as
from kalon.people import queries as people
from kalon.web import pages

GetResponse = Callable[[HttpRequest], HttpResponse]

# These open their own units of work: signing in precedes knowing who it is, a webhook proves itself by a signature.
OUTSIDE = ("/static/", "/healthz", "/accounts/", "/api/sign-in", "/api/payments/webhooks/", "/pay/")
BESIDE_THE_FILE = 1_000_000  # bytes: the other fields of a form, and its borders
PORTAL = ("/my/", "/api/patient/")
SENT_BEFORE = "This form was sent before with something else in it. Open the page anew and look at what is there."
# Their verb works in two units, the person's and the system's (pages say it of themselves by `unit_per_verb`).
UNIT_PER_VERB = ("/api/patient/arrivals",)


class UploadLimit:
    """A form with more than one file of the largest size is answered before any of it is read."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdecimal() and int(announced) > settings.KALON_UPLOAD_BYTES + BESIDE_THE_FILE:
            refusal = too_large()
            return problem(refusal) if request.path.startswith("/api/") else pages.for_refusal(request, refusal)
        return self.get_response(request)


class UnitOfWork:
    """Find out who asks and run the rest of the request as them, in one transaction."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid4().hex[:12]  # type: ignore[attr-defined]
        if request.path.startswith(OUTSIDE) or _marked(request, "opens_own_unit"):
            request.organization = SimpleLazyObject(lambda: house_of(request))  # type: ignore[attr-defined]
            return self.get_response(request)
        try:
            actor, via = actor_for(request, as_patient=request.path.startswith(PORTAL))
        except SignInNeeded as refusal:
            return problem(refusal)
        device = devices.named(request.headers.get("User-Agent", ""))
        actor = actor.from_origin(_address(request), request.request_id, device)  # type: ignore[attr-defined]
        request.actor, request.actor_via = actor, via  # type: ignore[attr-defined]
        request.organization = SimpleLazyObject(lambda: people.organization(seen_by=actor))  # type: ignore[attr-defined]
        request.branch = SimpleLazyObject(lambda: people.branch_of(actor))  # type: ignore[attr-defined]
        request.workplaces = SimpleLazyObject(lambda: people.workplaces(actor))  # type: ignore[attr-defined]
        apart = request.path.startswith(UNIT_PER_VERB) or _marked(request, "unit_per_verb")
        response = self._without_unit(request, actor) if apart else self._in_unit(request, actor)
        _write_down_refusal(request, actor)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response

    def _in_unit(self, request: HttpRequest, actor: Actor) -> HttpResponse:
        with acting_as(actor), _branch_clock(request):
            response = self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            return response

    def _without_unit(self, request: HttpRequest, actor: Actor) -> HttpResponse:
        """For a view whose verb works in two units, the person's and the system's: it opens them itself.

        What every page's frame needs is read beforehand, as the person. Such a verb is done once by itself (a code
        and an offer count once), so that no key of the request is kept.
        """
        request.has_no_unit = True  # type: ignore[attr-defined]
        with acting_as(actor):
            bool(request.organization), bool(request.workplaces)  # type: ignore[attr-defined]
            on_the_clock = _branch_clock(request)
        with on_the_clock:
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal that no front caught becomes a page with its sentence."""
        if not isinstance(exception, DomainError):
            return None
        request.refusal = exception  # type: ignore[attr-defined]
        return pages.for_refusal(request, exception)


class Once(Idempotency):
    """A request sent twice is done once; a form whose key was used for something else is told so on a page."""

    def refuse(self, request: HttpRequest, refusal: DomainError) -> HttpResponse:
        if request.path.startswith("/api/"):
            return super().refuse(request, refusal)
        return pages.for_refusal(request, KeyReused(SENT_BEFORE) if isinstance(refusal, KeyReused) else refusal)


def _branch_clock(request: HttpRequest) -> AbstractContextManager[None]:
    """Pages show times on the clock of the branch; the API speaks UTC."""
    branch = None if request.path.startswith("/api/") else request.branch  # type: ignore[attr-defined]
    return timezone.override(branch.timezone if branch else None)


def _marked(request: HttpRequest, mark: str) -> bool:
    """Whether the view says of itself how it wants to be run."""
    try:
        return bool(getattr(resolve(request.path_info).func, mark, False))
    except Resolver404:
        return False


def _write_down_refusal(request: HttpRequest, actor: Actor) -> None:
    refusal = getattr(request, "refusal", None)
    if isinstance(refusal, NotPermitted | NotFound) and actor.kind is not Kind.PUBLIC:
        with acting_as(actor):
            facts = {"path": request.path, "code": refusal.code, **_plain(refusal.facts)}
            audit.note(by=actor, kind=audit.Kind.DENIED, subject=None, reason=refusal.code, facts=facts)


def _plain(facts: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in facts.items() if isinstance(value, str | int | bool)}


def _address(request: HttpRequest) -> str | None:
    return request.META.get("REMOTE_ADDR") or None
