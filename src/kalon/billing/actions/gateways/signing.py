"""Signatures of webhooks: HMAC-SHA256 in hex, compared in constant time, by any of the secrets in use."""

import hashlib
import hmac
import time
from collections.abc import Iterable

from kalon.billing.actions.gateways.port import BadSignature

TOLERANCE_SECONDS = 300
NOT_SIGNED = "This message is not signed by the gateway."


def signed(body: bytes, secret: bytes, *, at: int | None = None) -> str:
    """A header `t=<unix time>,v1=<HMAC of "<unix time>.<body>">`."""
    stamp = at if at is not None else int(time.time())
    return f"t={stamp},v1={_mac(f'{stamp}.'.encode() + body, secret)}"


def must_be_signed_in_time(header: str, body: bytes, secrets: Iterable[bytes]) -> None:
    """Refuse a body whose header `t=…,v1=…[,v1=…]` none of the secrets made, or that is older than five minutes."""
    parts = [part.strip().split("=", 1) for part in header.split(",") if "=" in part]
    stamp = next((value for name, value in parts if name == "t"), "")
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        raise BadSignature(NOT_SIGNED)
    said = [value for name, value in parts if name == "v1"]
    _must_match(said[:5], f"{int(stamp)}.".encode() + body, secrets)
    if abs(time.time() - int(stamp)) > TOLERANCE_SECONDS:
        raise BadSignature("This message is too old. Send it again with a fresh signature.")


def must_be_signed(said: str, body: bytes, secrets: Iterable[bytes]) -> None:
    """Refuse a body whose HMAC in hex none of the secrets made."""
    _must_match([said], body, secrets)


def _must_match(said: list[str], body: bytes, secrets: Iterable[bytes]) -> None:
    wanted = [_mac(body, secret).encode() for secret in secrets if secret]
    # every pair is compared, so that the time taken tells nothing
    matches = [hmac.compare_digest(one, other.encode("utf-8", "replace")) for one in wanted for other in said]
    if not any(matches):
        raise BadSignature(NOT_SIGNED)


def _mac(body: bytes, secret: bytes) -> str:
    return hmac.new(secret, body, hashlib.sha256).hexdigest()
