"""`/healthz`: whether the clinic can be served, for people and for machines."""

from django.db import connection
from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        answered = cursor.fetchone() == (1,)
    return JsonResponse({"status": "ok" if answered else "down"}, status=200 if answered else 503)
