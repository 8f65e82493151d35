"""Refusals: the one vocabulary in which any use case says no.

A refusal is raised by verbs and never caught by them. Each front turns it into its own dialect: a form
error, an RFC 9457 problem, or a FHIR OperationOutcome. Sentences say what to do; they never name a patient.
"""

from typing import Any, ClassVar


class DomainError(Exception):
    """A use case declined, for a reason worth telling the caller."""

    code: ClassVar[str] = "refused"
    title: ClassVar[str] = "This cannot be done"
    status: ClassVar[int] = 400
    fhir_issue: ClassVar[str] = "business-rule"

    def __init__(self, detail: str, *, field: str | None = None, **facts: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.facts = facts

    def as_problem(self) -> dict[str, Any]:
        """The refusal as an `application/problem+json` body (RFC 9457)."""
        problem = {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            **self.facts,
        }
        if self.field:
            problem["field"] = self.field
        return problem


class SignInNeeded(DomainError):
    code, title, status, fhir_issue = "sign-in-needed", "Sign in first", 401, "login"


class NotFound(DomainError):
    code, title, status, fhir_issue = "not-found", "Not found", 404, "not-found"


class NotPermitted(DomainError):
    code, title, status, fhir_issue = "not-permitted", "Not permitted", 403, "forbidden"


class IllegalMove(DomainError):
    """The aggregate is not in a state from which this move is drawn."""

    code, title, status, fhir_issue = "illegal-move", "Not possible now", 409, "conflict"


class NotReady(DomainError):
    """The move is drawn, but a precondition does not hold yet."""

    code, title, status, fhir_issue = "not-ready", "Something is missing", 409, "business-rule"


class Clash(DomainError):
    """Another allocation, record or edit already stands there."""

    code, title, status, fhir_issue = "clash", "Already taken", 409, "conflict"


class Stale(DomainError):
    """Somebody changed the record after it was read."""

    code, title, status, fhir_issue = "stale", "Changed meanwhile", 409, "conflict"


class Invalid(DomainError):
    """One or more fields cannot be accepted; `errors` maps each field to its sentences."""

    code, title, status, fhir_issue = "invalid", "Some fields need you", 422, "invalid"

    def __init__(self, detail: str, *, field: str | None = None, **facts: Any) -> None:
        if field and "errors" not in facts:
            facts["errors"] = {field: [detail]}
        super().__init__(detail, field=field, **facts)


class TooLarge(Invalid):
    """A file is larger than what is taken."""

    code, title, status, fhir_issue = "too-large", "Too large", 413, "too-long"


class KeyReused(DomainError):
    code, title, status = "idempotency-key-reused", "Key used for another request", 422


class Throttled(DomainError):
    code, title, status, fhir_issue = "throttled", "Too many tries", 429, "throttled"
