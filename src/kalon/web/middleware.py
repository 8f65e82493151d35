"""Response headers of pages, and refusals raised inside a page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kalon.kernel.errors import DomainError, SignInNeeded
from kalon.web import pages

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


class Refusals:
    """A refusal that reaches the top of a page becomes the designed page that says what to do next."""

    def __init__(self, get_response: type_of_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, trouble: Exception) -> HttpResponse | None:
        """Only refusals; anything else is a fault and goes to the fault page."""
        if not isinstance(trouble, DomainError) or request.path.startswith(("/api/", "/fhir/")):
            return None
        if isinstance(trouble, SignInNeeded):
            return pages.sign_in_first(request)
        return pages.refused(
            request, status=trouble.status, title=trouble.title, detail=trouble.detail,
            alternatives=trouble.facts.get("alternatives", ()), obstacles=trouble.facts.get("obstacles", ()),
        )  # fmt: skip
