"""What the database does with the postings of one statement: prove that they balance, and keep the balances."""

from kalon.kernel.triggers import Trigger
from kalon.ledger.rules import BY_BILL, BY_PLAN, KEPT


class Fresh(Trigger):
    """A trigger that sees all rows of one INSERT at once, as the table `fresh`."""

    def make(self, table: str) -> str:
        each = f"ON {table}  FOR EACH STATEMENT"
        return super().make(table).replace(each, f"ON {table} REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT")


def sums_to_zero(table: str) -> Fresh:
    """All postings of an entry are written in one statement and sum to nothing; none is added later."""
    return Fresh(
        name=f"{table}_balanced",
        events="AFTER INSERT",
        level="STATEMENT",
        body=f"""
    IF EXISTS (SELECT FROM fresh GROUP BY entry_id HAVING sum(amount) <> 0 OR count(*) <>
        (SELECT count(*) FROM {table} whole WHERE whole.entry_id = fresh.entry_id)) THEN
        RAISE EXCEPTION 'the postings of an entry are written at once and sum to nothing'
            USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_balanced';
    END IF;
    RETURN NULL;""",  # noqa: S608  (our own tables)
    )


def keeps_balances(table: str, balances: str) -> Fresh:
    """Each patient's balances follow their postings, in one order so that two entries never wait for each other."""
    return Fresh(
        name=f"{table}_balances",
        events="AFTER INSERT",
        level="STATEMENT",
        body=f"""
    INSERT INTO {balances} AS kept
        (id, created_at, organization_id, account, patient_id, bill_id, plan_id, amount, since)
    SELECT gen_random_uuid(), now(), organization_id, account, patient_id,
        CASE WHEN account IN ({_texts(BY_BILL)}) THEN bill_id END AS bill,
        CASE WHEN account IN ({_texts(BY_PLAN)}) THEN plan_id END AS plan,
        sum(amount), min(date)
    FROM fresh WHERE account IN ({_texts(KEPT)})
    GROUP BY organization_id, account, patient_id, bill, plan
    ORDER BY account, patient_id, bill, plan
    ON CONFLICT ON CONSTRAINT ledger_balance_once DO UPDATE
        SET amount = kept.amount + excluded.amount, since = LEAST(kept.since, excluded.since);
    RETURN NULL;""",  # noqa: S608  (our own tables)
    )


def _texts(accounts: tuple[str, ...]) -> str:
    return ", ".join(f"'{account}'" for account in accounts)
