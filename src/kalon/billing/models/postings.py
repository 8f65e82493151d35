"""What each movement of money does to the books. The database posts it, whoever moved the row and however.

| what happened | debit | credit |
| --- | --- | --- |
| a bill is finalised | owed by patient or insurer (and discounts) | earned, or owed as sessions or vouchers; taxes |
| money comes in | cash, card, UPI, online, bank, lender, voucher | held on account |
| it is put on a line | held on account | owed |
| a line or a bill is credited | what it was earned and taxed as | owed |
| a bill is written off | written off | owed |
| money goes back | held on account | cash, card, … |
| a deposit is freed | held for the plan | held on account |
"""

from kalon.ledger.lifecycles import DEFINER, Posts

_LINE = "line.bill_id, line.id, line.doctor_id, line.service_id, line.plan_id"
_ABOUT = "bill_id, bill_line_id, doctor_id, service_id, plan_id"
_OWED = "CASE line.payer WHEN 'INSURER' THEN 'RECEIVABLE_PAYER' ELSE 'RECEIVABLE' END"
_TENDER = "CASE {0} WHEN 'VOUCHER' THEN 'VOUCHERS' WHEN 'TRANSFER' THEN 'TRANSFERS' ELSE {0} END"
_POSTING = "INSERT INTO ledger_posting (organization_id, entry_id, branch_id, date, account, amount, patient_id"

# Every function takes a row as it stands: triggers call them, and so does the one that posts what was there before.
POSTINGS_SQL = f"""
CREATE FUNCTION billing_post_bill(bill billing_bill) RETURNS void LANGUAGE plpgsql {DEFINER} AS $body$
DECLARE entry bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM billing_billline line WHERE line.bill_id = bill.id AND line.taxable + line.discount > 0)
    THEN RETURN; END IF;
    entry := kalon_ledger_entry('BILL', 'billing_bill', bill.id, bill.organization_id, bill.branch_id,
        bill.patient_id, bill.finalized_at);
    {_POSTING}, {_ABOUT})
        SELECT bill.organization_id, entry, bill.branch_id, made.date, side.account, side.amount,
            bill.patient_id, {_LINE}
        FROM billing_billline line
            JOIN ledger_entry made ON made.id = entry
            CROSS JOIN LATERAL (VALUES
                ({_OWED}, line.total), (line.earns, -(line.taxable + line.discount)), ('DISCOUNTS', line.discount),
                ('CGST', -line.cgst), ('SGST', -line.sgst), ('IGST', -line.igst)) AS side (account, amount)
        WHERE line.bill_id = bill.id AND side.amount <> 0;
END $body$;

CREATE FUNCTION billing_post_payment(payment billing_payment) RETURNS void LANGUAGE plpgsql {DEFINER} AS $body$
DECLARE entry bigint;
BEGIN
    entry := kalon_ledger_entry('PAYMENT', 'billing_payment', payment.id, payment.organization_id, payment.branch_id,
        payment.patient_id, payment.received_at);
    {_POSTING}, payment_id, plan_id)
        SELECT payment.organization_id, entry, payment.branch_id, made.date, side.account, side.amount,
            payment.patient_id, payment.id, payment.plan_id
        FROM ledger_entry made CROSS JOIN (VALUES
            ({_TENDER.format("payment.method")}, payment.amount), ('ADVANCES', -payment.amount)
        ) AS side (account, amount)
        WHERE made.id = entry;
END $body$;

CREATE FUNCTION billing_post_allocation(part billing_paymentallocation) RETURNS void LANGUAGE plpgsql {DEFINER}
AS $body$
DECLARE entry bigint; paid billing_payment; branch uuid;
BEGIN
    SELECT * INTO paid FROM billing_payment WHERE id = part.payment_id;
    SELECT branch_id INTO branch FROM billing_bill WHERE id = part.bill_id;
    entry := kalon_ledger_entry('ALLOCATION', 'billing_paymentallocation', part.id, part.organization_id, branch,
        part.patient_id, part.created_at);
    {_POSTING}, payment_id, {_ABOUT})
        SELECT part.organization_id, entry, side.branch_id, made.date, side.account, side.amount, part.patient_id,
            paid.id, line.bill_id, line.id, line.doctor_id, line.service_id, side.plan_id
        FROM ledger_entry made
            JOIN billing_billline line ON line.id = part.bill_line_id
            CROSS JOIN LATERAL (VALUES
                ('ADVANCES', part.amount, paid.plan_id, paid.branch_id),
                ({_OWED}, -part.amount, line.plan_id, branch)
            ) AS side (account, amount, plan_id, branch_id)
        WHERE made.id = entry;
END $body$;

CREATE FUNCTION billing_post_credit(note billing_creditnote) RETURNS void LANGUAGE plpgsql {DEFINER} AS $body$
DECLARE entry bigint; branch uuid; owed numeric; before numeric;
BEGIN
    SELECT branch_id INTO branch FROM billing_bill WHERE id = note.bill_id;
    entry := kalon_ledger_entry('CREDIT_NOTE', 'billing_creditnote', note.id, note.organization_id, branch,
        note.patient_id, note.created_at);
    IF note.line_id IS NULL THEN
        SELECT sum(amount) INTO owed FROM ledger_posting
            WHERE bill_id = note.bill_id AND account IN ('RECEIVABLE', 'RECEIVABLE_PAYER');
        IF owed IS DISTINCT FROM note.total THEN
            RAISE EXCEPTION 'a credit note without a line takes back all that is owed on the bill'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_creditnote_takes_all';
        END IF;
        {_POSTING}, {_ABOUT})
            SELECT note.organization_id, entry, branch, made.date, posted.account, -sum(posted.amount), note.patient_id,
                posted.bill_id, posted.bill_line_id, posted.doctor_id, posted.service_id, posted.plan_id
            FROM ledger_posting posted JOIN ledger_entry made ON made.id = entry
            WHERE posted.bill_id = note.bill_id AND posted.account NOT IN ('ADVANCES', 'WRITE_OFFS')
            GROUP BY made.date, posted.account, posted.bill_id, posted.bill_line_id, posted.doctor_id,
                posted.service_id, posted.plan_id
            HAVING sum(posted.amount) <> 0;
        RETURN;
    END IF;
    SELECT COALESCE(sum(earlier.quantity), 0) INTO before FROM billing_creditnote earlier
        WHERE earlier.line_id = note.line_id AND (earlier.created_at, earlier.id) < (note.created_at, note.id);
    {_POSTING}, {_ABOUT})
        SELECT note.organization_id, entry, branch, made.date, side.account, side.amount, note.patient_id, {_LINE}
        FROM billing_billline line
            JOIN ledger_entry made ON made.id = entry
            CROSS JOIN LATERAL (SELECT round(line.discount * (before + note.quantity) / line.quantity, 2)
                - round(line.discount * before / line.quantity, 2) AS discount) AS share
            CROSS JOIN LATERAL (VALUES
                ({_OWED}, -note.total), (line.earns, note.taxable + share.discount), ('DISCOUNTS', -share.discount),
                ('CGST', note.cgst), ('SGST', note.sgst), ('IGST', note.igst)) AS side (account, amount)
        WHERE line.id = note.line_id AND side.amount <> 0;
END $body$;

CREATE FUNCTION billing_post_write_off(bill billing_bill) RETURNS void LANGUAGE plpgsql {DEFINER} AS $body$
DECLARE entry bigint;
BEGIN
    entry := kalon_ledger_entry('WRITE_OFF', 'billing_bill', bill.id, bill.organization_id, bill.branch_id,
        bill.patient_id, bill.status_at);
    {_POSTING}, {_ABOUT})
        SELECT bill.organization_id, entry, bill.branch_id, made.date, side.account, side.amount,
            bill.patient_id, {_LINE}
        FROM (SELECT account, bill_line_id, sum(amount) AS owed FROM ledger_posting
                WHERE bill_id = bill.id AND account IN ('RECEIVABLE', 'RECEIVABLE_PAYER')
                GROUP BY account, bill_line_id HAVING sum(amount) <> 0) AS open
            JOIN billing_billline line ON line.id = open.bill_line_id
            JOIN ledger_entry made ON made.id = entry
            CROSS JOIN LATERAL (VALUES ('WRITE_OFFS', open.owed), (open.account, -open.owed)) AS side (account, amount);
END $body$;

CREATE FUNCTION billing_post_refund(refund billing_refund) RETURNS void LANGUAGE plpgsql {DEFINER} AS $body$
DECLARE entry bigint; paid billing_payment;
BEGIN
    SELECT * INTO paid FROM billing_payment WHERE id = refund.payment_id;
    entry := kalon_ledger_entry('REFUND', 'billing_refund', refund.id, refund.organization_id, paid.branch_id,
        refund.patient_id, refund.status_at);
    {_POSTING}, payment_id, plan_id)
        SELECT refund.organization_id, entry, paid.branch_id, made.date, side.account, side.amount, refund.patient_id,
            paid.id, paid.plan_id
        FROM ledger_entry made CROSS JOIN (VALUES
            ('ADVANCES', refund.amount),
            ({_TENDER.format("COALESCE(NULLIF(refund.method, ''), paid.method)")}, -refund.amount)
        ) AS side (account, amount)
        WHERE made.id = entry;
END $body$;

CREATE FUNCTION billing_post_freed(payment billing_payment, a_plan uuid) RETURNS void LANGUAGE plpgsql {DEFINER}
AS $body$
DECLARE entry bigint; held numeric := payment.amount - payment.refunded;
BEGIN
    IF held = 0 THEN RETURN; END IF;
    entry := kalon_ledger_entry('DEPOSIT_FREED', 'billing_payment', payment.id, payment.organization_id,
        payment.branch_id, payment.patient_id, kalon_now());
    {_POSTING}, payment_id, plan_id)
        SELECT payment.organization_id, entry, payment.branch_id, made.date, 'ADVANCES', side.amount,
            payment.patient_id, payment.id, side.plan_id
        FROM ledger_entry made CROSS JOIN (VALUES (held, a_plan), (-held, NULL::uuid)) AS side (amount, plan_id)
        WHERE made.id = entry;
END $body$;

-- What was billed and paid before there were books, in the order in which it happened.
CREATE FUNCTION billing_post_all() RETURNS void LANGUAGE plpgsql {DEFINER} AS $body$
BEGIN
    PERFORM billing_post_bill(bill) FROM billing_bill bill WHERE bill.number IS NOT NULL ORDER BY bill.finalized_at;
    PERFORM billing_post_payment(paid) FROM billing_payment paid
        WHERE paid.received_at IS NOT NULL ORDER BY paid.received_at;
    PERFORM billing_post_allocation(part) FROM billing_paymentallocation part ORDER BY part.created_at, part.id;
    PERFORM billing_post_credit(note) FROM billing_creditnote note ORDER BY note.created_at, note.id;
    PERFORM billing_post_write_off(bill) FROM billing_bill bill WHERE bill.written_off > 0;
    PERFORM billing_post_refund(refund) FROM billing_refund refund WHERE refund.status = 'DONE';
END $body$;
"""  # noqa: S608  (our own tables)

_FUNCTIONS = {
    "billing_post_bill": "billing_bill",
    "billing_post_payment": "billing_payment",
    "billing_post_allocation": "billing_paymentallocation",
    "billing_post_credit": "billing_creditnote",
    "billing_post_write_off": "billing_bill",
    "billing_post_refund": "billing_refund",
    "billing_post_freed": "billing_payment, uuid",
    "billing_post_all": "",
}
POSTINGS_SQL += "".join(f"ALTER FUNCTION {name}({of}) OWNER TO kalon_reviewed;\n" for name, of in _FUNCTIONS.items())
POSTINGS_SQL += "SET ROLE kalon_reviewed;\n"
POSTINGS_SQL += "".join(f"REVOKE ALL ON FUNCTION {name}({of}) FROM PUBLIC;\n" for name, of in _FUNCTIONS.items())
POSTINGS_SQL += "RESET ROLE;\n"
POST_ALL_SQL = "SET ROLE kalon_reviewed; SELECT billing_post_all(); RESET ROLE"
POSTINGS_SQL_BACK = "".join(f"DROP FUNCTION {name}({of});\n" for name, of in _FUNCTIONS.items())


def bill_posts() -> Posts:
    """A bill is in the books from the moment it has its number; so is what is given up of it."""
    return Posts(
        name="billing_bill_posts",
        events="AFTER UPDATE",
        body="""
    IF OLD.number IS NULL AND NEW.number IS NOT NULL THEN PERFORM billing_post_bill(NEW); END IF;
    IF NEW.written_off > OLD.written_off THEN PERFORM billing_post_write_off(NEW); END IF;
    RETURN NULL;""",
    )


def payment_posts() -> Posts:
    """Money is in the books from the moment it is received."""
    return Posts(
        name="billing_payment_posts",
        events="AFTER UPDATE",
        body="""
    IF OLD.received_at IS NULL AND NEW.received_at IS NOT NULL THEN PERFORM billing_post_payment(NEW); END IF;
    IF OLD.plan_id IS NOT NULL AND NEW.plan_id IS NULL AND OLD.received_at IS NOT NULL THEN
        PERFORM billing_post_freed(NEW, OLD.plan_id);
    END IF;
    RETURN NULL;""",
    )


def allocation_posts() -> Posts:
    """Money put on a line, or taken off it."""
    return _each("billing_paymentallocation", "billing_post_allocation")


def credit_note_posts() -> Posts:
    """What is no longer owed is no longer earned, nor taxed."""
    return _each("billing_creditnote", "billing_post_credit")


def refund_posts() -> Posts:
    """Money is out of the books when it is back with the patient."""
    return Posts(
        name="billing_refund_posts",
        events="AFTER UPDATE",
        body="""
    IF OLD.status <> 'DONE' AND NEW.status = 'DONE' THEN PERFORM billing_post_refund(NEW); END IF;
    RETURN NULL;""",
    )


def _each(table: str, function: str) -> Posts:
    return Posts(name=f"{table}_posts", events="AFTER INSERT", body=f"\n    PERFORM {function}(NEW);\n    RETURN NULL;")
