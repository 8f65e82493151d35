"""What was sent with a form."""

from django.http import HttpRequest, QueryDict


def sent(request: HttpRequest) -> QueryDict | None:
    """The answers of a form that was sent, also an empty one; None while it is only being drawn."""
    return request.POST if request.method == "POST" else None
