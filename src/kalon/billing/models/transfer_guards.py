"""What leaves one account arrives on the other: rules of payments and refunds that are parts of a transfer."""

from kalon.kernel.triggers import Trigger


def refund_of_transfer() -> Trigger:
    """What leaves an account for another is that person's, kept for no plan, and no more than was said."""
    return Trigger(
        name="billing_refund_of_transfer",
        events="BEFORE INSERT OR UPDATE",
        declare="said billing_accounttransfer;",
        body="""
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.transfer_id, NEW.method) IS DISTINCT FROM (OLD.transfer_id, OLD.method) AND
            'TRANSFER' IN (NEW.method, OLD.method) THEN
            RAISE EXCEPTION 'a transfer keeps its parts'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_refund_of_transfer';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.transfer_id IS NULL THEN RETURN NEW; END IF;
    SELECT * INTO said FROM billing_accounttransfer WHERE id = NEW.transfer_id;
    IF NOT NEW.patient_id = ANY (kalon_records_of(said.patient_id))
        OR EXISTS (SELECT FROM billing_payment WHERE id = NEW.payment_id AND plan_id IS NOT NULL)
        OR NEW.amount + (SELECT COALESCE(sum(amount), 0) FROM billing_refund WHERE transfer_id = said.id)
            > said.amount THEN
        RAISE EXCEPTION 'only money of this patient that is kept for no plan goes to another, as much as was said'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_refund_of_transfer';
    END IF;
    RETURN NEW;""",
    )


def payment_of_transfer() -> Trigger:
    """Nothing comes from another patient's account that did not leave it."""
    return Trigger(
        name="billing_payment_of_transfer",
        events="BEFORE UPDATE",
        body="""
    IF NEW.method <> 'TRANSFER' OR OLD.received_at IS NOT NULL OR NEW.received_at IS NULL THEN RETURN NEW; END IF;
    IF NEW.amount IS DISTINCT FROM (SELECT sum(part.amount) FROM billing_refund part
        JOIN billing_accounttransfer said ON said.id = part.transfer_id
        WHERE said.payment_id = NEW.id AND said.to_patient_id = NEW.patient_id AND part.status = 'DONE') THEN
        RAISE EXCEPTION 'this has not left another account'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payment_of_transfer';
    END IF;
    RETURN NEW;""",
    )
