"""What every page knows: who is here, where they may go, which clinic, which theme."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from kalon.kernel.actors import Kind
from kalon.web import live, navigation

THEMES = ("porcelain", "dusk")  # light, dark; no cookie: the system decides


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor of all shells; everything that costs a query waits until it is drawn."""
    actor = _signed_in(request)
    organization = getattr(request, "organization", None)
    return {
        "actor": actor,
        "nav": _links(actor, navigation.DESK, request.path),
        "nav_settings": _links(actor, navigation.SETTINGS, request.path),
        "tabs_of_portal": _links(actor, navigation.PORTAL, request.path),
        "account_shell": _account_shell(actor),
        "branch": getattr(request, "branch", None),
        "workplaces": getattr(request, "workplaces", ()),
        "line": SimpleLazyObject(lambda: live.line_for(request)),
        "theme": theme(request),
        "clinic_name": getattr(organization, "name", "") or getattr(settings, "KALON_CLINIC_NAME", "Kalon"),
        "clinic_line": getattr(organization, "tagline", ""),
        "is_demo": getattr(settings, "KALON_DEMO", False),
    }


def _signed_in(request: HttpRequest) -> Any:
    actor = getattr(request, "actor", None)
    return None if getattr(actor, "kind", None) == Kind.PUBLIC else actor


def theme(request: HttpRequest) -> str:
    """The theme this person chose, or nothing."""
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in THEMES else ""


def _account_shell(actor: Any) -> str:
    """Pages about one's own account stand in the shell the person works in, where that is known."""
    if actor is None:
        return "account.html"
    return "phone.html" if getattr(actor, "is_patient", False) else "desk.html"


def _links(actor: Any, group: str, path: str) -> Any:
    return SimpleLazyObject(lambda: navigation.entries_for(actor, group=group, path=path))
