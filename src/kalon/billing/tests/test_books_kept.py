"""What guards the books from their own role, and how what was there before them is posted."""

from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import connection

from kalon.billing import actions
from kalon.billing.models.postings import POST_ALL_SQL
from kalon.billing.tests.clinic import Clinic, open_clinic
from kalon.billing.tests.test_books import books
from kalon.kernel.tenancy import acting_as
from kalon.ledger import queries as ledger

GROW = (
    "INSERT INTO ledger_posting (organization_id, entry_id, branch_id, date, account, amount) "
    "SELECT organization_id, id, branch_id, date, account, amount FROM ledger_entry, "
    "(VALUES ('CASH', 5), ('UPI', %s)) AS side (account, amount)"
)


@pytest.fixture
def clinic(own_database: str, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock():
        yield open_clinic()
        connection.close()


def test_the_books_hold_against_their_own_role_and_what_was_before_them_is_posted(
    clinic: Clinic, as_owner: "psycopg.Connection[Any]"
):
    _a_day_of_it(clinic)
    before = books(clinic)
    as_owner.execute("SET ROLE kalon_reviewed")
    for statement, refused in (
        (GROW % -5, "ledger_posting_balanced"),  # it balances, but is written later
        (GROW % -4, "ledger_posting_balanced"),
        ("UPDATE ledger_posting SET amount = 1", "permission denied"),
        ("DELETE FROM ledger_balance", "permission denied"),
    ):
        with pytest.raises(psycopg.DatabaseError) as error:
            as_owner.execute(statement)
        assert refused in (error.value.diag.constraint_name or str(error.value))
    as_owner.execute("UPDATE ledger_balance SET amount = amount + 1 WHERE account = 'ADVANCES'")
    with acting_as(clinic.system):
        (found,) = ledger.proof(seen_by=clinic.system)
    assert (found.what, found.account, found.says - found.counted) == ("balance", "ADVANCES", Decimal(1))

    as_owner.execute("RESET ROLE")
    for table in ("ledger_posting", "ledger_entry", "ledger_balance"):
        as_owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    as_owner.execute("TRUNCATE ledger_posting, ledger_entry, ledger_balance")
    for table in ("ledger_posting", "ledger_entry", "ledger_balance"):
        as_owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    as_owner.execute(POST_ALL_SQL)
    assert books(clinic) == before


def _a_day_of_it(clinic: Clinic) -> None:
    """One of everything that moves money."""
    bill = clinic.bill(clinic.botox, clinic.consultation)
    payment = clinic.pay(bill, "520.00")
    actions.release(bill.pk, "Wrong", by=clinic.desk)
    clinic.pay(bill, "20.00", method="UPI")
    refund = actions.request_refund(payment.pk, Decimal(100), "Too much", by=clinic.desk)
    actions.approve_refund(refund.pk, by=clinic.desk)
    actions.refund_done(refund.pk, by=clinic.desk)
    actions.void_bill(clinic.bill().pk, "Twice", by=clinic.desk)
    actions.write_off(bill.pk, "Cannot pay", by=clinic.desk)
