"""Addresses under which this clinic is reached from outside."""

from urllib.parse import urlencode

from django.conf import settings


def hook(path: str, **query: str) -> str:
    """Where a provider reports to; nothing while the clinic has no address of its own."""
    base = settings.KALON_URL.rstrip("/")
    if not base:
        return ""
    return f"{base}/hooks/{path}{'?' + urlencode(query) if query else ''}"


def outside(path: str) -> str:
    """An address of ours as it is written into a message; only the path while the clinic has no address."""
    return f"{settings.KALON_URL.rstrip('/')}{path}"
