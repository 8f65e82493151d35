"""A discrepancy that somebody with the disk in hand plants is reported, loudly and in place."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from django.test import Client

from kalon.billing.tests.clinic import Clinic, open_clinic
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.reports import queries


@pytest.fixture
def clinic(own_database: str, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock():
        yield open_clinic()
        connection.close()


def test_what_was_planted_is_found(clinic: Clinic, as_owner: "psycopg.Connection[Any]"):
    clinic.pay(clinic.bill(clinic.botox), "520.00")
    email = f"owner-{uuid4().hex[:6]}@clinic.example"
    owner = people.add_staff("The owner", kind="OTHER", email=email, roles={None: ["owner"]}, by=clinic.system)
    client = Client()
    client.force_login(owner.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    proof = client.get("/reports/proof").content.decode()
    assert "Books proved" in proof
    assert "Agrees with the ledger" in client.get("/reports/receivables").content.decode()

    as_owner.execute("ALTER TABLE billing_bill DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY")
    as_owner.execute("UPDATE billing_bill SET credited = 1")
    with acting_as(clinic.system):
        (found,) = queries.discrepancies(seen_by=clinic.system)
    assert (found.what, found.says - found.counted) == ("bill", Decimal(-1))

    as_owner.execute("SET ROLE kalon_reviewed")
    as_owner.execute("UPDATE ledger_balance SET amount = amount + 0.01 WHERE account = 'RECEIVABLE'")
    page = client.get("/reports/receivables").content.decode()
    assert "Does not agree with the ledger" in page
    assert "Agrees with the ledger" not in page
    note = client.get("/reports/proof", headers={"HX-Request": "true"}).content.decode()
    assert "The books do not agree: 2 discrepancies" in note
    assert "<html" not in note
