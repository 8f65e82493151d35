"""`Idempotency-Key`: a writing request sent twice is done once and answered the same.

The key is written in the transaction of the request itself, so a request that was refused or died leaves
none, and a second one that arrives meanwhile waits for the first to finish.
"""

import hashlib
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from kalon.api.problems import problem
from kalon.kernel import crypto
from kalon.kernel.actors import Actor
from kalon.kernel.errors import DomainError, Invalid, KeyReused
from kalon.kernel.models import IdempotencyKey

WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
REUSED = "This idempotency key was used for another request. Send a new key."


class Idempotency:
    """Middleware inside the unit of work: pages send the key as a form field, the API as a header."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor: Actor | None = getattr(request, "actor", None)
        key = request.headers.get(HEADER, "") if request.method in WRITING else ""
        if not key and request.method == "POST" and request.content_type != "application/json":
            key = request.POST.get("idempotency_key", "")
        if not key or actor is None or actor.organization_id is None or getattr(request, "has_no_unit", False):
            return self.get_response(request)
        if len(key) > 200 or not key.isprintable():
            return self.refuse(request, Invalid("An idempotency key has 1 to 200 printable characters.", field=HEADER))
        return self._once(request, actor, key)

    def refuse(self, request: HttpRequest, refusal: DomainError) -> HttpResponse:
        """What a client of the API is told; pages have their own words (`kalon.config.middleware`)."""
        return problem(refusal)

    def _once(self, request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
        owner = f"user:{actor.user_id}" if actor.user_id else f"visitor:{actor.origin_ip or ''}"
        body_hash = _hash(request)
        row = IdempotencyKey(organization_id=actor.organization_id, owner=owner, key=key, body_hash=body_hash)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            before = IdempotencyKey.objects.get(owner=owner, key=key)
            if bytes(before.body_hash) != body_hash:
                return self.refuse(request, KeyReused(REUSED))
            return _replay(before)
        response = self.get_response(request)
        if response.status_code < 400 and not response.streaming:
            _keep(row, response)
        return response


def _hash(request: HttpRequest) -> bytes:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type == "multipart/form-data":
        fields = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
        digest.update(repr(fields).encode())
        for name, upload in sorted(request.FILES.items()):
            digest.update(name.encode())
            for chunk in upload.chunks():  # type: ignore[union-attr]
                digest.update(chunk)
            upload.seek(0)  # type: ignore[union-attr]
    elif request.content_type == "application/x-www-form-urlencoded":
        fields = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
        digest.update(repr(fields).encode())
    else:
        digest.update(request.body)
    return digest.digest()


def _keep(row: IdempotencyKey, response: HttpResponse) -> None:
    row.status = response.status_code
    row.content_type = response.get("Content-Type", "")
    row.data_key = crypto.new_data_key()
    location = response.get("Location", "") or response.get("HX-Redirect", "")
    row.response = crypto.seal(location.encode() + b"\0" + response.content, row.data_key, _context(row))
    row.save(update_fields=["status", "content_type", "data_key", "response"])


def _replay(row: IdempotencyKey) -> HttpResponse:
    sealed = crypto.unseal(bytes(row.response or b""), bytes(row.data_key or b""), _context(row))
    location, _, content = sealed.partition(b"\0")
    response = HttpResponse(content, status=row.status or 200, content_type=row.content_type)
    if location:
        response["Location"] = location.decode()
        response["HX-Redirect"] = location.decode()
    response[REPLAYED] = "true"
    return response


def _context(row: IdempotencyKey) -> str:
    return f"kernel_idempotencykey.response:{row.pk}"
