"""What the drawers do to the books: cash taken to the bank, spent or put in, and what a count found too much or little.

The float is cash already; what patients pay and get back is posted by billing.
"""

from kalon.ledger.lifecycles import Posts


def entry_posts() -> Posts:
    """Cash that moves between the drawer and the bank, the safe or a small expense."""
    return Posts(
        name="tills_drawerentry_posts",
        events="AFTER INSERT",
        declare="branch uuid;",
        body="""
    IF NEW.kind NOT IN ('BANKED', 'PETTY', 'ADDED') THEN RETURN NULL; END IF;
    SELECT branch_id INTO branch FROM tills_drawersession WHERE id = NEW.session_id;
    PERFORM kalon_ledger_move(NEW.kind, 'tills_drawerentry', NEW.id, NEW.organization_id, branch, NULL, NEW.created_at,
        'CASH', CASE NEW.kind WHEN 'BANKED' THEN 'BANK' WHEN 'PETTY' THEN 'PETTY_CASH' ELSE 'SAFE' END, NEW.amount);
    RETURN NULL;""",
    )


def variance_posts() -> Posts:
    """What was counted differs from what should be there: the books follow the count once it is agreed to."""
    return Posts(
        name="tills_drawersession_posts",
        events="AFTER UPDATE",
        body="""
    IF OLD.status <> 'CLOSED' AND NEW.status = 'CLOSED' THEN
        PERFORM kalon_ledger_move('VARIANCE', 'tills_drawersession', NEW.id, NEW.organization_id, NEW.branch_id, NULL,
            NEW.closed_at, 'CASH', 'CASH_VARIANCE', NEW.variance);
    END IF;
    RETURN NULL;""",
    )
