"""`/healthz`: whether the clinic can be served, for people and for machines."""

from dataclasses import asdict

from django.db import connection
from django.http import HttpRequest, JsonResponse

from kalon.kernel import outbox


def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the database answers, with how the outbox stands (counts only)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        answered = cursor.fetchone() == (1,)
    body = {"status": "ok" if answered else "down", "outbox": asdict(outbox.health())}
    return JsonResponse(body, status=200 if answered else 503)
