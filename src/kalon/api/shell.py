"""The one API object, who may call it, and the router that contexts fill."""

from typing import Any

import ninja
from django.db import DataError, ProgrammingError
from django.http import HttpRequest
from django.http.request import RawPostDataException
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.utils import check_csrf

from kalon.api import problems
from kalon.kernel.actors import Actor, Kind
from kalon.kernel.errors import DomainError


def signed_in(request: HttpRequest) -> Actor | None:
    """The actor of a session (with a CSRF token where it writes) or of a bearer token; None is refused."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or actor.kind is Kind.PUBLIC:
        return None
    if getattr(request, "actor_via", "") == "session" and check_csrf(request):
        raise HttpError(403, "CSRF check failed")
    return actor


class Router(ninja.Router):
    """A context's part of the API; every path needs a signed-in actor unless it says `auth=None`."""


def build() -> ninja.NinjaAPI:
    """A fresh API without routes: `config.urls` adds the contexts' routers."""
    api = ninja.NinjaAPI(
        title="Kalon",
        version="1",
        description="The clinic system for aesthetic surgery. Refusals are application/problem+json (RFC 9457).",
        auth=signed_in,
        openapi_url="/openapi.json",
        docs_url=None,
        urls_namespace="api",
    )
    handlers: list[tuple[Any, Any]] = [
        (DomainError, problems.refused),
        (ValidationError, problems.unreadable),
        (AuthenticationError, problems.unauthenticated),
        (HttpError, problems.http_error),
        (DataError, problems.unstorable),
        (ProgrammingError, problems.out_of_reach),
        (RawPostDataException, problems.not_json),
    ]
    for error, handler in handlers:
        api.add_exception_handler(error, handler)
    return api
