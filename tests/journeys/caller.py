"""Somebody who knows the clinic only by its JSON: a token, addresses, answers."""

import json
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from kalon.kernel.tenancy import acting_as
from kalon.patients.models import PatientAccess
from kalon.people import actions as people

PROBLEM = {"type", "title", "status", "code", "detail"}


class Caller:
    """One person or program with a bearer token, or none."""

    def __init__(self, token: str = "") -> None:
        self.token = token
        self._client = Client()

    def get(self, path: str, **query: Any) -> Any:
        """The answer to a question, which must succeed."""
        return self._good(self._client.get(path, query, headers=self._headers()), 200)

    def post(self, path: str, body: Any = None, *, key: str = "", status: int = 200) -> Any:
        """Have something done; `status` is what must be answered."""
        return self._good(self.raw("POST", path, body, key=key), status)

    def refusal(
        self, method: str, path: str, body: Any = None, *, status: int, code: str, key: str = ""
    ) -> dict[str, Any]:
        """A refusal as RFC 9457 has it: right status, media type and shape."""
        answer = self.raw(method, path, body, key=key)
        assert answer.status_code == status, answer.content
        assert answer["Content-Type"] == "application/problem+json"
        problem: dict[str, Any] = json.loads(answer.content)
        assert problem.keys() >= PROBLEM
        assert (problem["status"], problem["code"], problem["type"]) == (status, code, f"/problems/{code}")
        assert problem["detail"].endswith(".")
        return problem

    def raw(self, method: str, path: str, body: Any = None, *, key: str = "") -> HttpResponse:
        """The bare answer."""
        return self._client.generic(
            method,
            path,
            b"" if body is None else json.dumps(body, default=str).encode(),
            content_type="application/json",
            headers=self._headers(key or str(uuid4())),
        )  # type: ignore[return-value]

    def _headers(self, key: str = "") -> dict[str, str]:
        headers = {"Idempotency-Key": key} if key else {}
        return headers | ({"Authorization": f"Bearer {self.token}"} if self.token else {})

    @staticmethod
    def _good(answer: HttpResponse, status: int) -> Any:
        assert answer.status_code == status, answer.content
        return json.loads(answer.content)


def phone_of(clinic: Any) -> Caller:
    """The patient of a clinic of the tests, with an account of their own."""
    actor = clinic.patient_actor()
    with acting_as(clinic.system):
        PatientAccess.objects.get_or_create(
            organization_id=clinic.organization_id, user_id=actor.user_id, patient=clinic.patient,
            defaults={"relation": "SELF", "called": actor.name},
        )  # fmt: skip
    return Caller(people.issue_own_token("test", by=actor))
