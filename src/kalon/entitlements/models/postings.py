"""What packages and vouchers do to the books: sold is owed (billing posts that), used is earned, expired forfeited."""

from kalon.ledger.lifecycles import Posts

_POSTING = """INSERT INTO ledger_posting (organization_id, entry_id, branch_id, date, account, amount, patient_id,
        bill_id, bill_line_id, doctor_id, service_id)"""


def use_posts() -> Posts:
    """A session that is used is earned; one that is given back is owed again."""
    return Posts(
        name="entitlements_use_posts",
        events="AFTER INSERT",
        declare="entry bigint;",
        body=f"""
    IF NEW.value = 0 THEN RETURN NULL; END IF;
    entry := kalon_ledger_entry(CASE WHEN NEW.takes_back_id IS NULL THEN 'SESSION' ELSE 'SESSION_BACK' END,
        'entitlements_use', NEW.id, NEW.organization_id, NEW.branch_id, NEW.patient_id, NEW.created_at);
    {_POSTING}
        SELECT NEW.organization_id, entry, NEW.branch_id, made.date, side.account, side.amount, NEW.patient_id,
            line.bill_id, line.id, NEW.doctor_id, NEW.service_id
        FROM ledger_entry made
            JOIN entitlements_packageholding holding ON holding.id = NEW.holding_id
            JOIN billing_billline line ON line.id = holding.bill_line_id
            CROSS JOIN (VALUES ('DEFERRED', NEW.value), ('REVENUE', -NEW.value)) AS side (account, amount)
        WHERE made.id = entry;
    RETURN NULL;""",  # noqa: S608  (our own words)
    )


def settlement_posts() -> Posts:
    """What is left is forfeited, or alive again, or another patient's; single prices above shares are earned."""
    return Posts(
        name="entitlements_settlement_posts",
        events="AFTER INSERT",
        declare="entry bigint; posted numeric := CASE NEW.kind WHEN 'REFUND' THEN NEW.kept ELSE NEW.value END;",
        body=f"""
    IF posted = 0 THEN RETURN NULL; END IF;
    entry := kalon_ledger_entry(CASE NEW.kind WHEN 'REFUND' THEN 'KEPT' ELSE NEW.kind END,
        'entitlements_settlement', NEW.id, NEW.organization_id,
        (SELECT branch_id FROM entitlements_packageholding WHERE id = NEW.holding_id), NEW.patient_id, NEW.created_at);
    {_POSTING}
        SELECT NEW.organization_id, entry, holding.branch_id, made.date, side.account, side.amount, side.patient_id,
            line.bill_id, line.id, NULL, NULL
        FROM ledger_entry made
            JOIN entitlements_packageholding holding ON holding.id = NEW.holding_id
            JOIN billing_billline line ON line.id = holding.bill_line_id
            CROSS JOIN LATERAL (VALUES
                ('DEFERRED', posted, NEW.patient_id),
                (CASE NEW.kind WHEN 'REFUND' THEN 'REVENUE' WHEN 'TRANSFER' THEN 'DEFERRED' ELSE 'FORFEITED' END,
                    -posted, COALESCE((SELECT patient_id FROM entitlements_packageholding WHERE id = NEW.to_holding_id),
                        NEW.patient_id))
            ) AS side (account, amount, patient_id)
        WHERE made.id = entry;
    RETURN NULL;""",  # noqa: S608  (our own words)
    )


def forfeit_posts() -> Posts:
    """What is left of a voucher that expired is the clinic's; redeeming and paying back are posted by billing."""
    return Posts(
        name="entitlements_vouchermove_posts",
        events="AFTER INSERT",
        declare="is_over boolean := NEW.kind = 'FORFEIT';",
        body="""
    IF NEW.kind NOT IN ('FORFEIT', 'RESTORE') THEN RETURN NULL; END IF;
    PERFORM kalon_ledger_move(NEW.kind, 'entitlements_vouchermove', NEW.id, NEW.organization_id,
        (SELECT branch_id FROM entitlements_giftvoucher WHERE id = NEW.voucher_id), NEW.patient_id, NEW.created_at,
        CASE WHEN is_over THEN 'VOUCHERS' ELSE 'FORFEITED' END, CASE WHEN is_over THEN 'FORFEITED' ELSE 'VOUCHERS' END,
        NEW.amount);
    RETURN NULL;""",
    )


def month_posts() -> Posts:
    """A month of a membership that is over is earned; what is taken back of one billing posts by its credit note."""
    return Posts(
        name="entitlements_membershipmove_posts",
        events="AFTER INSERT",
        declare="entry bigint;",
        body=f"""
    IF NEW.kind <> 'EARN' OR NEW.amount = 0 THEN RETURN NULL; END IF;
    entry := kalon_ledger_entry('MEMBERSHIP', 'entitlements_membershipmove', NEW.id, NEW.organization_id,
        (SELECT branch_id FROM entitlements_membership WHERE id = NEW.membership_id), NEW.patient_id, NEW.created_at);
    {_POSTING}
        SELECT NEW.organization_id, entry, held.branch_id, made.date, side.account, side.amount, NEW.patient_id,
            line.bill_id, line.id, NULL, NULL
        FROM ledger_entry made
            JOIN entitlements_membership held ON held.id = NEW.membership_id
            JOIN billing_billline line ON line.id = held.bill_line_id
            CROSS JOIN (VALUES ('DEFERRED', NEW.amount), ('REVENUE', -NEW.amount)) AS side (account, amount)
        WHERE made.id = entry;
    RETURN NULL;""",  # noqa: S608  (our own words)
    )
