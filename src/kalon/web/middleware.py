"""Response headers of pages."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kalon.web import live

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
    """Scripts, styles and everything else come from this address only; nothing inline.

    Connections also go to the live process, where that answers at another port.
    """

    def __init__(self, get_response: type_of_response) -> None:
        self.get_response = get_response
        self.policy = {**POLICY, **getattr(settings, "KALON_CONTENT_SECURITY_POLICY", {})}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = {"connect-src": live.sources(request), **self.policy}
        header = "; ".join(f"{name} {value}" for name, value in policy.items())
        response.headers.setdefault("Content-Security-Policy", header)
        response.headers.setdefault("Permissions-Policy", "camera=(self), microphone=(self), geolocation=()")
        return response
