"""Every refusal in the API's dialect: `application/problem+json` (RFC 9457)."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import DataError, ProgrammingError
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from ninja.errors import AuthenticationError, HttpError, ValidationError

from kalon.kernel.constraints import sqlstate
from kalon.kernel.errors import DomainError, Invalid, NotPermitted, SignInNeeded

CONTENT_TYPE = "application/problem+json"
DENIED = "42501"
UNREADABLE = "What was sent could not be read as JSON. Look at its headers and at its body."


def problem(refusal: DomainError) -> HttpResponse:
    """The refusal as a response; a throttled one says when to come back."""
    body = json.dumps(refusal.as_problem(), cls=DjangoJSONEncoder, ensure_ascii=False)
    response = HttpResponse(body, status=refusal.status, content_type=CONTENT_TYPE)
    if refusal.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="kalon"'
    if retry_after := refusal.facts.get("retry_after"):
        response["Retry-After"] = str(retry_after)
    return response


def refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    request.refusal = refusal  # type: ignore[attr-defined]  # the unit of work writes a DENIED event
    return problem(refusal)


def unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A body that does not fit the schema: one sentence per field."""
    errors: dict[str, list[str]] = {}
    for fault in error.errors:
        errors.setdefault(_field(fault["loc"]), []).append(_sentence(fault))
    first = next(iter(errors), "")
    return problem(Invalid("Some fields need you.", field=first or None, errors=errors))


def unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(SignInNeeded("Sign in, or send a bearer token, to use this address."))


def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """ninja's own refusals: an unreadable JSON body, a failed CSRF check."""
    if error.status_code == 403:
        return problem(NotPermitted("The page you came from has expired. Reload it and try again."))
    refusal = DomainError(UNREADABLE if error.status_code == 400 else str(error))
    refusal_body = refusal.as_problem() | {"status": error.status_code}
    return HttpResponse(json.dumps(refusal_body), status=error.status_code, content_type=CONTENT_TYPE)


def unstorable(request: HttpRequest, error: DataError) -> HttpResponse:
    """Words with a NUL character, which no table keeps and nobody types."""
    if "NUL" not in str(error):
        raise error
    return problem(Invalid("A text holds a NUL character, which cannot be kept. Take it out."))


def out_of_reach(request: HttpRequest, error: ProgrammingError) -> HttpResponse:
    """What the database itself keeps from whoever acts as a patient."""
    if sqlstate(error.__cause__) != DENIED or not request.actor.is_patient:  # type: ignore[attr-defined]
        raise error
    return refused(request, NotPermitted("This belongs to the clinic's own papers. Ask them for a copy."))


def not_json(request: HttpRequest, error: RawPostDataException) -> HttpResponse:
    """A form where a JSON body is read."""
    return problem(Invalid("Send this as JSON, with the header Content-Type: application/json."))


def _field(location: tuple[Any, ...]) -> str:
    told = [part for part in location if not isinstance(part, int)]  # which of a list, nobody asks
    names = [str(part) for part in told if part not in ("body", "query", "path", "form")]
    return ".".join(names[1:] if len(names) > 1 and location[0] == "body" else names) or "body"


def _sentence(fault: dict[str, Any]) -> str:
    limit = fault.get("ctx", {}).get("max_length", "the limit")
    known = {
        "missing": "This is needed.",
        "uuid_parsing": "This is not an identifier of ours.",
        "date_from_datetime_parsing": "Write a date as YYYY-MM-DD.",
        "date_parsing": "Write a date as YYYY-MM-DD; this day does not exist.",
        "datetime_parsing": "Write a time as YYYY-MM-DDTHH:MM.",
        "datetime_from_date_parsing": "Write a time as YYYY-MM-DDTHH:MM.",
        "int_parsing": "Write a whole number.",
        "decimal_parsing": "Write a number.",
        "string_too_long": f"This is too long; keep it under {limit} characters.",
        "json_invalid": "The body is not readable JSON.",
    }
    return known.get(fault["type"], str(fault["msg"]).removeprefix("Value error, ").rstrip(".") + ".")
