"""Keyed hashes for what must be found or compared without being readable, and random tokens for links."""

import hmac
import secrets
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kalon.kernel.crypto import masters


def keyed_hash(purpose: str, organization_id: UUID | None, data: bytes | str) -> bytes:
    """HMAC-SHA256 under a key that belongs to one purpose in one organisation.

    The same name gives unrelated hashes in two organisations or two fields.
    """
    return hmac.digest(hash_key(purpose, organization_id), data.encode() if isinstance(data, str) else data, "sha256")


def hash_key(purpose: str, organization_id: UUID | None) -> bytes:
    """The key itself, for code that hashes many values at once."""
    return _derived(masters.folder(), purpose, organization_id)


def random_token() -> str:
    """An unguessable word for a link or a bearer token: 43 characters, 256 bits."""
    return secrets.token_urlsafe(32)


def hash_token(token: str, purpose: str = "token") -> str:
    """What is stored of a bearer token or a one-time code: 64 hex digits, useless without the index key.

    A six-digit code has few values, so a plain hash would be undone in a second; this one is keyed.
    """
    return keyed_hash(f"token:{purpose}", None, token.encode("utf-8", "surrogatepass")).hex()


@lru_cache(maxsize=512)
def _derived(_folder: Path, purpose: str, organization_id: UUID | None) -> bytes:
    info = b"kalon index\0" + purpose.encode() + b"\0" + (organization_id.bytes if organization_id else b"")
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(masters.index_secret())
