"""Response headers of pages."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

type_of_response = Callable[[HttpRequest], HttpResponse]

POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


class ContentSecurityPolicy:
    """Scripts, styles and everything else come from this address only; nothing inline."""

    def __init__(self, get_response: type_of_response) -> None:
        self.get_response = get_response
        policy = {**POLICY, **getattr(settings, "KALON_CONTENT_SECURITY_POLICY", {})}
        self.header = "; ".join(f"{name} {value}" for name, value in policy.items())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.header)
        response.headers.setdefault("Permissions-Policy", "camera=(self), microphone=(self), geolocation=()")
        return response
