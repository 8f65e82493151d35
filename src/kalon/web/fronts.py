"""The frame of a page: who may open it, how it is drawn, how a refusal becomes a word beside a field."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render as draw
from django.shortcuts import resolve_url

from kalon.kernel.actors import Actor, Kind
from kalon.kernel.errors import DomainError, NotPermitted, SignInNeeded
from kalon.web.toasts import toast_next

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
View = Callable[Concatenate[HttpRequest, P], R]  # R: a page, or a file that is sent piece by piece


def staff_page(permission: str | None = None) -> Callable[[View[P, R]], View[P, R]]:
    """A page of the desk: staff who hold the permission (any staff when none is named)."""

    def frame(view: View[P, R]) -> View[P, R]:
        @wraps(view)
        def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
            actor = _signed_in(request)
            if actor.kind is Kind.PATIENT:
                raise NotPermitted("This page is for the clinic's staff. Your own pages start at “Home”.")
            if permission:
                actor.must(permission, do="open this page")
            return view(request, *args, **kwargs)

        page.permission = permission  # type: ignore[attr-defined]  # the suite lists every page and who may open it
        return page

    return frame


def patient_page(view: View[P, R]) -> View[P, R]:
    """A page of the portal: a signed-in patient, or a guardian acting for one."""

    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if _signed_in(request).kind is not Kind.PATIENT:
            raise NotPermitted("This page is for patients. Sign in with a patient's account to open it.")
        return view(request, *args, **kwargs)

    page.permission = "portal.use"  # type: ignore[attr-defined]
    return page


def public_page(view: View[P, R]) -> View[P, R]:
    """A page that anybody may open; the actor is a visitor in front of one organisation."""

    view.permission = None  # type: ignore[attr-defined]
    return view


def render(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Draw a template now, while the transaction is open. `page.html#part` draws one part of it."""
    return draw(request, template, context, status=status)


@contextmanager
def refusals_on(form: forms.BaseForm) -> Iterator[None]:
    """Put a refusal beside the field it is about; what the verb had written until then is undone.

    Look at `form.errors` afterwards and draw the page again with status 422.
    """
    try:
        with transaction.atomic():
            yield
    except DomainError as refusal:
        by_field = refusal.facts.get("errors") or {refusal.field: [refusal.detail]}
        for name, sentences in by_field.items():
            for sentence in sentences:
                form.add_error(name if name in form.fields else None, sentence)
        form.refusal = refusal  # type: ignore[attr-defined]


def go(request: HttpRequest, to: Any, *args: Any, toast: str = "", undo: str = "", **kwargs: Any) -> HttpResponse:
    """To another page (a path, or a url name with its arguments) after something was done, with a sentence about it."""
    url = resolve_url(to, *args, **kwargs)
    if toast:
        toast_next(request, toast, undo=undo)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url, status=303)


def kept(response: HttpResponse, *, as_the: str) -> HttpResponse:
    """Have a patient's phone keep this page for when it has no network: their "home", or the next "visit"."""
    response.headers["X-Kalon-Keep"] = as_the
    return response


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; the unit of work put it there."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _signed_in(request: HttpRequest) -> Actor:
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or actor.kind is Kind.PUBLIC:
        raise SignInNeeded("Sign in to open this page.")
    return actor
