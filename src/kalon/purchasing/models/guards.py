"""What the database holds of purchases by itself: what came is what was ordered, what is approved is what came."""

from kalon.kernel.triggers import Trigger
from kalon.ledger.lifecycles import Posts


def received_as_ordered() -> Trigger:
    """A receipt names the movement of that very item and quantity, of an order that is placed, and never too much."""
    return Trigger(
        name="purchasing_receiptline_as_ordered",
        events="BEFORE INSERT",
        declare="wanted record; state text; had numeric;",
        body="""
    SELECT line.order_id, line.item_id, line.quantity INTO wanted FROM purchasing_orderline line
        JOIN purchasing_goodsreceipt receipt ON receipt.order_id = line.order_id AND receipt.id = NEW.receipt_id
        WHERE line.id = NEW.line_id;
    SELECT status INTO state FROM purchasing_purchaseorder WHERE id = wanted.order_id FOR UPDATE;
    IF state IS DISTINCT FROM 'ORDERED' THEN
        RAISE EXCEPTION 'only an order that is placed receives goods'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_receiptline_placed';
    END IF;
    IF NOT EXISTS (SELECT FROM inventory_movement WHERE id = NEW.movement_id AND kind = 'RECEIVED'
        AND item_id = wanted.item_id AND quantity = NEW.quantity) THEN
        RAISE EXCEPTION 'a receipt names the movement by which this came'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_receiptline_movement';
    END IF;
    SELECT COALESCE(sum(quantity), 0) INTO had FROM purchasing_receiptline WHERE line_id = NEW.line_id;
    IF had + NEW.quantity > wanted.quantity THEN
        RAISE EXCEPTION 'more came than was ordered'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_receiptline_ordered';
    END IF;
    RETURN NEW;""",
    )


def invoice_sums() -> Trigger:
    """The sums of an invoice follow its lines, and what was paid its payments, whoever writes what."""
    return Trigger(
        name="purchasing_supplierinvoice_derives",
        events="BEFORE INSERT OR UPDATE",
        body="""
    SELECT COALESCE(sum(taxable), 0), COALESCE(sum(cgst), 0), COALESCE(sum(sgst), 0), COALESCE(sum(igst), 0)
        INTO NEW.taxable, NEW.cgst, NEW.sgst, NEW.igst FROM purchasing_invoiceline WHERE invoice_id = NEW.id;
    NEW.total := NEW.taxable + NEW.cgst + NEW.sgst + NEW.igst;
    SELECT COALESCE(sum(CASE WHEN reverses_id IS NULL THEN amount ELSE -amount END), 0) INTO NEW.paid
        FROM purchasing_supplierpayment WHERE invoice_id = NEW.id;
    RETURN NEW;""",
    )


def invoice_of_what_came() -> Trigger:
    """An invoice is approved for its own order's lines, and for no more of them than came and nobody invoiced yet."""
    return Trigger(
        name="purchasing_supplierinvoice_of_what_came",
        events="BEFORE UPDATE",
        body="""
    IF NOT (OLD.status = 'DRAFT' AND NEW.status = 'APPROVED') THEN RETURN NEW; END IF;
    PERFORM FROM purchasing_purchaseorder WHERE id = NEW.order_id FOR UPDATE;
    IF EXISTS (SELECT FROM purchasing_invoiceline ours LEFT JOIN purchasing_orderline line ON line.id = ours.line_id
        WHERE ours.invoice_id = NEW.id AND ours.line_id IS NOT NULL AND line.order_id IS DISTINCT FROM NEW.order_id)
        OR EXISTS (SELECT FROM purchasing_purchaseorder WHERE id = NEW.order_id AND supplier_id <> NEW.supplier_id)
    THEN
        RAISE EXCEPTION 'an invoice is for its own order'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_invoice_of_order';
    END IF;
    IF EXISTS (SELECT FROM purchasing_invoiceline ours WHERE ours.invoice_id = NEW.id AND ours.line_id IS NOT NULL
        AND ours.quantity + COALESCE((SELECT sum(theirs.quantity) FROM purchasing_invoiceline theirs
                JOIN purchasing_supplierinvoice other ON other.id = theirs.invoice_id
                WHERE theirs.line_id = ours.line_id AND other.status = 'APPROVED' AND other.id <> NEW.id), 0)
            > COALESCE((SELECT sum(quantity) FROM purchasing_receiptline WHERE line_id = ours.line_id), 0)) THEN
        RAISE EXCEPTION 'more is asked for than came'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_invoice_received';
    END IF;
    RETURN NEW;""",
    )


def invoice_posts() -> Posts:
    """An approved invoice is owed; one whose approval is taken back is not."""
    return Posts(
        name="purchasing_supplierinvoice_posts",
        events="AFTER UPDATE",
        declare="made bigint; side integer; what text;",
        body="""
    IF OLD.status = 'DRAFT' AND NEW.status = 'APPROVED' THEN side := 1; what := 'PURCHASE';
    ELSIF OLD.status = 'APPROVED' AND NEW.status = 'REVERSED' THEN side := -1; what := 'PURCHASE_BACK';
    ELSE RETURN NULL; END IF;
    IF NEW.total = 0 THEN RETURN NULL; END IF;
    made := kalon_ledger_entry(what, 'purchasing_supplierinvoice', NEW.id, NEW.organization_id, NEW.branch_id, NULL,
        NEW.status_at);
    INSERT INTO ledger_posting (organization_id, entry_id, branch_id, date, account, amount)
        SELECT NEW.organization_id, made, NEW.branch_id, entry.date, part.account, side * part.amount
        FROM ledger_entry entry CROSS JOIN (VALUES ('PURCHASES', NEW.taxable), ('INPUT_CGST', NEW.cgst),
            ('INPUT_SGST', NEW.sgst), ('INPUT_IGST', NEW.igst), ('PAYABLES', -NEW.total)) AS part (account, amount)
        WHERE entry.id = made AND part.amount <> 0;
    RETURN NULL;""",
    )


def payment_may_be() -> Trigger:
    """Only an approved invoice is paid; a payment is taken back once, whole, on its own invoice."""
    return Trigger(
        name="purchasing_supplierpayment_may_be",
        events="BEFORE INSERT",
        declare="state text;",
        body="""
    SELECT status INTO state FROM purchasing_supplierinvoice WHERE id = NEW.invoice_id FOR UPDATE;
    IF state IS DISTINCT FROM 'APPROVED' THEN
        RAISE EXCEPTION 'only an approved invoice is paid'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_payment_of_approved';
    END IF;
    IF NEW.reverses_id IS NOT NULL AND NOT EXISTS (SELECT FROM purchasing_supplierpayment WHERE id = NEW.reverses_id
        AND invoice_id = NEW.invoice_id AND amount = NEW.amount AND reverses_id IS NULL) THEN
        RAISE EXCEPTION 'a payment is taken back whole, on its own invoice'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'purchasing_payment_reversed_whole';
    END IF;
    RETURN NEW;""",
    )


def payment_counts() -> Trigger:
    """The invoice counts its payments anew; its own check refuses more than it asks for."""
    return Trigger(
        name="purchasing_supplierpayment_counts",
        events="AFTER INSERT",
        body="""
    UPDATE purchasing_supplierinvoice SET paid = 0 WHERE id = NEW.invoice_id;
    RETURN NULL;""",
    )


def payment_posts() -> Posts:
    """What was paid leaves the bank, and what was taken back comes into it."""
    return Posts(
        name="purchasing_supplierpayment_posts",
        events="AFTER INSERT",
        declare="at uuid;",
        body="""
    SELECT branch_id INTO at FROM purchasing_supplierinvoice WHERE id = NEW.invoice_id;
    PERFORM kalon_ledger_move(CASE WHEN NEW.reverses_id IS NULL THEN 'SUPPLIER_PAID' ELSE 'SUPPLIER_BACK' END,
        'purchasing_supplierpayment', NEW.id, NEW.organization_id, at, NULL, NEW.created_at, 'PAYABLES', 'BANK',
        CASE WHEN NEW.reverses_id IS NULL THEN NEW.amount ELSE -NEW.amount END);
    RETURN NULL;""",
    )
