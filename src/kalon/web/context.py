"""What every page knows: who is here, where they may go, which clinic, which theme."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from kalon.web import navigation

THEMES = ("porcelain", "dusk")  # light, dark; no cookie: the system decides


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor of all shells; everything that costs a query waits until it is drawn."""
    actor = getattr(request, "actor", None)
    organization = getattr(request, "organization", None)
    return {
        "actor": actor,
        "nav": _links(actor, navigation.DESK, request.path),
        "nav_settings": _links(actor, navigation.SETTINGS, request.path),
        "tabs_of_portal": _links(actor, navigation.PORTAL, request.path),
        "branch": getattr(request, "branch", None),
        "theme": theme(request),
        "clinic_name": getattr(organization, "name", "") or getattr(settings, "KALON_CLINIC_NAME", "Kalon"),
        "clinic_line": getattr(organization, "tagline", ""),
        "is_demo": getattr(settings, "KALON_DEMO", False),
    }


def theme(request: HttpRequest) -> str:
    """The theme this person chose, or nothing."""
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in THEMES else ""


def _links(actor: Any, group: str, path: str) -> Any:
    return SimpleLazyObject(lambda: navigation.entries_for(actor, group=group, path=path))
