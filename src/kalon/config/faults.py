"""What could not be read or is not there, in the dialect of who asked: a problem for a program, a page for a person."""

from django.http import HttpRequest, HttpResponse

from kalon.api.problems import problem
from kalon.kernel.errors import DomainError, NotFound
from kalon.web import pages


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The address, its headers or its body could not be read."""
    if request.path.startswith("/api/"):
        return problem(DomainError("What was sent could not be read. Look at its headers and at its body."))
    return pages.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """There is nothing here, or it belongs to somebody else."""
    if request.path.startswith("/api/"):
        return problem(NotFound("There is nothing at this address."))
    return pages.not_found(request, exception)
