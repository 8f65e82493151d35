"""Forty tries at once, from forty places: the limit is a limit."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client

from kalon.kernel.audit import AuditEvent
from kalon.kernel.tenancy import acting_as
from kalon.people.tests.factories import clinic


@pytest.mark.usefixtures("own_database")
def test_of_forty_wrong_passwords_at_once_from_forty_places_five_are_looked_at() -> None:
    here = clinic(roles=["owner", "doctor"])
    login = here.users["doctor"].email
    cache.clear()

    def attempt(number: int) -> int:
        body = {"login": login, "password": "the-wrong-password"}
        try:
            client = Client(REMOTE_ADDR=f"10.1.2.{number}")
            return client.post("/api/sign-in", body, content_type="application/json").status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(attempt, range(40)))
    assert (answers.count(401), answers.count(429)) == (5, 35)
    with acting_as(here.owner):
        assert AuditEvent.objects.filter(kind="SIGN_IN_FAILED").count() == 5
