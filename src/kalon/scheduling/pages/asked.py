"""What an address asks for, read forgivingly: a filter that makes no sense is no filter."""

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from kalon.kernel.errors import NotFound
from kalon.patients.lifecycles import REGISTER
from kalon.people import queries as people
from kalon.scheduling.lifecycles import VIEW
from kalon.scheduling.rules import FIRST_DAY, LAST_DAY


def asked_id(request: HttpRequest, name: str) -> UUID | None:
    """An identifier in the address, or None."""
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def asked_date(request: HttpRequest, name: str, otherwise: date) -> date:
    """A day in the address, or the given one."""
    try:
        asked = date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return otherwise
    return asked if FIRST_DAY < asked < LAST_DAY else otherwise


def asked_branch(request: HttpRequest) -> Any:
    """The branch in the address, else the one the person works in now."""
    by = request.actor  # type: ignore[attr-defined]
    if branch_id := asked_id(request, "branch"):
        return people.branch(branch_id, seen_by=by)
    if branch := people.branch_of(by):
        return branch
    branches = [branch for branch in people.branches(seen_by=by) if by.may(VIEW, at=branch.pk)]
    if not branches:
        raise NotFound("There is no branch yet. Add one under Settings.")
    return branches[0]


def somebody_new(request: HttpRequest, text: str) -> str:
    """Where a new patient is registered with what was typed here, and comes back from; "" for who may not register."""
    if not text or not request.actor.may(REGISTER):  # type: ignore[attr-defined]
        return ""
    back = request.GET.copy()
    for name in ("q", "patient"):
        back.pop(name, None)
    address = f"{request.path}?{back.urlencode()}"
    return f"{reverse('patients:new')}?{urlencode({'name': text, 'next': address})}"
