"""Links about visits that leave the building: signed, without a name, and no way in by themselves."""

import base64
import binascii
import hmac
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from kalon.kernel import crypto
from kalon.kernel.errors import NotFound

# What a link leads to, by its letter: pages of the patient's own, who signs in there.
PAGES = {"m": "portal:move", "v": "portal:visit", "b": "portal:book"}
SIGNATURE = 12  # bytes
BROKEN = "This link is not one of ours, or it was cut off. Sign in to see your visits."


def link(kind: str, visit_id: UUID) -> str:
    """An address to write into a message: `m` to choose another time, `v` to see the visit, `b` to book."""
    said = kind.encode() + visit_id.bytes
    token = base64.urlsafe_b64encode(said + _signature(said)).decode().rstrip("=")
    return f"{settings.KALON_URL.rstrip('/')}{reverse('scheduling:link', args=[token])}"


def where_to(token: str) -> str:
    """The page that a link leads to."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        raise NotFound(BROKEN) from None
    said, signature = raw[:-SIGNATURE], raw[-SIGNATURE:]
    page = PAGES.get(said[:1].decode("ascii", "replace"))
    if len(said) != 17 or page is None or not hmac.compare_digest(signature, _signature(said)):
        raise NotFound(BROKEN)
    return reverse(page) if page == "portal:book" else reverse(page, args=[UUID(bytes=said[1:])])


def _signature(said: bytes) -> bytes:
    return crypto.keyed_hash("scheduling.link", None, said)[:SIGNATURE]
