"""Signing in and out is written to the log, by whichever way it happened."""

from dataclasses import replace
from typing import Any

from django.contrib.auth import signals
from django.http import HttpRequest

from kalon.kernel import actors, audit
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.people import queries
from kalon.people.models import User


def install() -> None:
    """Listen to the framework's one announcement of a sign-in."""
    signals.user_logged_in.connect(_signed_in, dispatch_uid="people.signed_in")


def log_sign_in(request: HttpRequest, user: User, *, method: str) -> None:
    """Somebody signed in; if this cannot be written, they are not in."""
    if user.organization_id is not None:
        _write(request, user, audit.Kind.SIGN_IN, {"method": method})


def log_failure(request: HttpRequest, user: User | None, *, method: str) -> None:
    """Somebody tried and failed; the account is named when there is one, what was typed is not."""
    _write(request, user, audit.Kind.SIGN_IN_FAILED, {"method": method, "known": user is not None})


def _signed_in(sender: type, request: HttpRequest | None, user: Any, **_: Any) -> None:
    if request is not None:
        records = request.session.get("account_authentication_methods") or [{}]
        log_sign_in(request, user, method=str(records[-1].get("method", "session")))


def _write(request: HttpRequest, user: User | None, kind: "audit.Kind", facts: dict[str, Any]) -> None:
    organization_id = user.organization_id if user else queries.public_organization_id(_host(request))
    if organization_id is None:
        return
    with acting_as(_who(request, user, actors.system("sign-in", organization_id))) as by:
        audit.note(by, kind, user, facts=facts)


def _who(request: HttpRequest, user: User | None, by: Actor) -> Actor:
    name = (user.name if user else "") or "sign-in"
    by = replace(by, name=name, user_id=user.pk if user else None)
    return by.from_origin(request.META.get("REMOTE_ADDR") or None, getattr(request, "request_id", ""))


def _host(request: HttpRequest) -> str:
    return request.get_host().split(":")[0]
