"""The books beside what they are about: a discrepancy is shown, never smoothed over."""

from django.db import connection

from kalon.kernel.actors import Actor
from kalon.ledger import queries as ledger
from kalon.ledger.queries import Discrepancy
from kalon.reports.rules import VIEW

MOST = 50  # shown at once: where there is one, whoever looks for its cause needs no more

# What each document says, against what was posted about it.
_DOCUMENTS = """
SELECT * FROM (
    SELECT 'bill' AS what, 'RECEIVABLE' AS account, COALESCE(bill.number, posted.bill_id::text) AS subject,
        COALESCE(bill.total - bill.allocated - bill.credited - bill.written_off, 0) AS says,
        COALESCE(posted.amount, 0) AS counted
    FROM (SELECT * FROM billing_bill WHERE organization_id = %(organization)s AND number IS NOT NULL) bill
    FULL JOIN (
        SELECT bill_id, sum(amount) AS amount FROM ledger_posting
        WHERE organization_id = %(organization)s AND account IN ('RECEIVABLE', 'RECEIVABLE_PAYER') GROUP BY bill_id
    ) posted ON posted.bill_id = bill.id
    UNION ALL
    SELECT 'payment', 'ADVANCES', COALESCE(paid.receipt_number, posted.payment_id::text),
        COALESCE(paid.amount - paid.allocated - paid.refunded, 0), COALESCE(posted.amount, 0)
    FROM (SELECT * FROM billing_payment WHERE organization_id = %(organization)s AND received_at IS NOT NULL) paid
    FULL JOIN (
        SELECT payment_id, -sum(amount) AS amount FROM ledger_posting
        WHERE organization_id = %(organization)s AND account = 'ADVANCES' GROUP BY payment_id
    ) posted ON posted.payment_id = paid.id
    UNION ALL
    SELECT 'taxes of the bills', 'CGST', '', (
        SELECT COALESCE(sum(cgst + sgst + igst), 0) FROM billing_bill
        WHERE organization_id = %(organization)s AND number IS NOT NULL) - (
        SELECT COALESCE(sum(cgst + sgst + igst), 0) FROM billing_creditnote WHERE organization_id = %(organization)s), (
        SELECT COALESCE(-sum(posting.amount), 0) FROM ledger_posting posting
        WHERE posting.organization_id = %(organization)s AND posting.account IN ('CGST', 'SGST', 'IGST')
            AND posting.bill_id IS NOT NULL)
) AS found WHERE says <> counted LIMIT %(most)s
"""


def discrepancies(*, seen_by: Actor) -> list[Discrepancy]:
    """What does not agree: inside the ledger, and between it and the bills, payments and credit notes."""
    seen_by.must(VIEW, do="check the books")
    inside = ledger.proof(seen_by=seen_by)
    with connection.cursor() as cursor:
        cursor.execute(_DOCUMENTS, {"organization": seen_by.organization_id, "most": MOST})
        beside = [Discrepancy(*row) for row in cursor.fetchall()]
    return [*inside, *beside][:MOST]
