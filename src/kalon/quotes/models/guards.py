"""What the database holds of quotes beyond a single row: sums, whose turn it is, what a patient may write."""

from kalon.kernel.triggers import Trigger

REFUSED = "USING ERRCODE = 'check_violation', CONSTRAINT"
SETTLED = (
    "chosen_option_id", "accepted_at", "accepted_by_id", "held_until", "rejected_at", "rejection",
    "total", "deposit_due",
)  # fmt: skip
BY_PATIENT = ("status", "status_at", "opened_at", "superseded_at", *SETTLED)


def quote_derives() -> Trigger:
    """What was chosen says what it comes to; accepting it takes the place of the version accepted before."""
    return Trigger(
        name="quotes_quote_derives",
        events="BEFORE INSERT OR UPDATE",
        body="""
    IF TG_OP = 'UPDATE' AND NEW.status = 'ACCEPTED' AND OLD.status <> 'ACCEPTED' THEN
        UPDATE quotes_quote SET superseded_at = kalon_now()
            WHERE plan_id = NEW.plan_id AND status = 'ACCEPTED' AND superseded_at IS NULL AND id <> NEW.id;
        NEW.accepted_at := kalon_now();
        NEW.held_until := (
            SELECT GREATEST(NEW.valid_until, (kalon_now() AT TIME ZONE place.timezone)::date + NEW.hold_days)
            FROM people_branch place WHERE place.id = NEW.branch_id);
    END IF;
    NEW.total := NULL; NEW.deposit_due := NULL;
    SELECT total, deposit_due INTO NEW.total, NEW.deposit_due FROM quotes_quoteoption
        WHERE id = NEW.chosen_option_id AND quote_id = NEW.id;
    RETURN NEW;""",
    )


def quote_in_turn() -> Trigger:
    """Sent whole, accepted in time and signed, expired when its time is over; what is settled stays settled."""
    settled = ", ".join(f"'{column}'" for column in SETTLED)
    return Trigger(
        name="quotes_quote_in_turn",
        events="BEFORE UPDATE",
        declare="today date;",
        body=f"""
    IF (OLD.opened_at IS NOT NULL AND NEW.opened_at IS DISTINCT FROM OLD.opened_at)
        OR (OLD.superseded_at IS NOT NULL AND NEW.superseded_at IS DISTINCT FROM OLD.superseded_at)
        OR (OLD.number IS NOT NULL AND NEW.number IS DISTINCT FROM OLD.number) THEN
        RAISE EXCEPTION 'this is written once' {REFUSED} = 'quotes_quote_in_turn';
    END IF;
    IF NEW.superseded_at IS NOT NULL AND OLD.superseded_at IS NULL AND NOT EXISTS (
        SELECT FROM quotes_quote later WHERE later.plan_id = NEW.plan_id AND later.version > NEW.version) THEN
        RAISE EXCEPTION 'only a later version takes its place' {REFUSED} = 'quotes_quote_in_turn';
    END IF;
    IF NEW.status = OLD.status THEN
        IF (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(NEW)) WHERE key IN ({settled}))
            <> (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(OLD)) WHERE key IN ({settled})) THEN
            RAISE EXCEPTION 'these are written by accepting and declining' {REFUSED} = 'quotes_quote_in_turn';
        END IF;
        RETURN NEW;
    END IF;
    SELECT (kalon_now() AT TIME ZONE place.timezone)::date INTO today
        FROM people_branch place WHERE place.id = NEW.branch_id;
    IF NEW.status = 'SENT' AND (NOT EXISTS (SELECT FROM quotes_quoteoption WHERE quote_id = NEW.id) OR EXISTS (
        SELECT FROM quotes_quoteoption offer WHERE offer.quote_id = NEW.id
            AND NOT EXISTS (SELECT FROM quotes_quoteline WHERE option_id = offer.id))) THEN
        RAISE EXCEPTION 'nothing is offered yet' {REFUSED} = 'quotes_quote_offers';
    END IF;
    IF NEW.status IN ('SENT', 'ACCEPTED') AND NEW.valid_until < today THEN
        RAISE EXCEPTION 'the last day of this quote has passed' {REFUSED} = 'quotes_quote_in_time';
    END IF;
    IF NEW.status IN ('SENT', 'ACCEPTED') AND EXISTS (
        SELECT FROM plans_procedureplan WHERE status IN ('CANCELLED', 'COMPLETED') AND (id = NEW.plan_id
            OR id IN (SELECT plan_id FROM quotes_quoteline WHERE quote_id = NEW.id))) THEN
        RAISE EXCEPTION 'nothing is offered for this plan any more' {REFUSED} = 'quotes_quote_plan_open';
    END IF;
    IF NEW.status = 'ACCEPTED' AND NOT EXISTS (
        SELECT FROM quotes_acceptance WHERE quote_id = NEW.id AND option_id = NEW.chosen_option_id) THEN
        RAISE EXCEPTION 'nobody signed for this option' {REFUSED} = 'quotes_quote_signed';
    END IF;
    IF NEW.status = 'ACCEPTED' AND EXISTS (
        SELECT FROM quotes_quote other
            JOIN quotes_quoteline theirs ON theirs.option_id = other.chosen_option_id
            JOIN quotes_quoteline ours ON ours.option_id = NEW.chosen_option_id
            WHERE other.patient_id = NEW.patient_id AND other.plan_id <> NEW.plan_id AND other.status = 'ACCEPTED'
                AND other.superseded_at IS NULL
                AND COALESCE(theirs.plan_id, other.plan_id) = COALESCE(ours.plan_id, NEW.plan_id)) THEN
        RAISE EXCEPTION 'one accepted quote speaks for a plan' {REFUSED} = 'quotes_quote_one_for_a_plan';
    END IF;
    IF NEW.status = 'EXPIRED' AND NEW.valid_until >= today AND NEW.superseded_at IS NULL THEN
        RAISE EXCEPTION 'it still stands' {REFUSED} = 'quotes_quote_expires';
    END IF;
    RETURN NEW;""",  # noqa: S608  (our own columns)
    )


def quote_by_patient() -> Trigger:
    """A patient opens, accepts and declines a quote of theirs, and nothing else."""
    free = ", ".join(f"'{column}'" for column in BY_PATIENT)
    return Trigger(
        name="quotes_quote_by_patient",
        events="BEFORE UPDATE",
        body=f"""
    IF current_user <> 'kalon_portal' THEN RETURN NEW; END IF;
    IF (NEW.status = OLD.status OR OLD.status = 'SENT' AND NEW.status IN ('ACCEPTED', 'REJECTED'))
        AND to_jsonb(NEW) - ARRAY[{free}] = to_jsonb(OLD) - ARRAY[{free}] THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a patient does not write a quote' {REFUSED} = 'quotes_quote_by_patient';""",
    )


def option_derives() -> Trigger:
    """An option's sums are those of its lines, and its deposit what its quote asks of them."""
    return Trigger(
        name="quotes_quoteoption_derives",
        events="BEFORE INSERT OR UPDATE",
        declare="asked record;",
        body="""
    SELECT COALESCE(sum(discount) FILTER (WHERE payer = 'PATIENT'), 0),
           COALESCE(sum(taxable) FILTER (WHERE payer = 'PATIENT'), 0),
           COALESCE(sum(cgst) FILTER (WHERE payer = 'PATIENT'), 0),
           COALESCE(sum(sgst) FILTER (WHERE payer = 'PATIENT'), 0),
           COALESCE(sum(igst) FILTER (WHERE payer = 'PATIENT'), 0),
           COALESCE(sum(total) FILTER (WHERE payer = 'PATIENT'), 0),
           COALESCE(sum(total) FILTER (WHERE payer = 'INSURER'), 0)
        INTO NEW.discount, NEW.taxable, NEW.cgst, NEW.sgst, NEW.igst, NEW.total, NEW.insurer_total
        FROM quotes_quoteline WHERE option_id = NEW.id;
    SELECT deposit_percent, deposit_amount INTO asked FROM quotes_quote WHERE id = NEW.quote_id;
    NEW.deposit_due := LEAST(NEW.total,
        COALESCE(asked.deposit_amount, round(NEW.total * asked.deposit_percent / 100, 2), 0));
    RETURN NEW;""",
    )


def line_touches_option() -> Trigger:
    """A draft's sums follow its lines."""
    return Trigger(
        name="quotes_quoteline_counts",
        events="AFTER INSERT OR UPDATE OR DELETE",
        body="""
    UPDATE quotes_quoteoption SET position = position
        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.option_id ELSE NEW.option_id END;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the option is out of reach'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'quotes_quoteline_out_of_reach';
    END IF;
    RETURN NULL;""",
    )


def deposit_touches_options() -> Trigger:
    """Another deposit is asked of every option, while the quote is being written."""
    return Trigger(
        name="quotes_quote_deposit",
        events="AFTER UPDATE OF deposit_percent, deposit_amount",
        body="""
    IF NEW.status = 'DRAFT' THEN UPDATE quotes_quoteoption SET position = position WHERE quote_id = NEW.id; END IF;
    RETURN NULL;""",
    )


def signed_while_sent() -> Trigger:
    """An offer is signed as it was sent, while it is open, from one's own account; on paper only by the clinic."""
    return Trigger(
        name="quotes_acceptance_while_sent",
        events="BEFORE INSERT",
        declare="offered record;",
        body=f"""
    SELECT status, content_sha256 INTO offered FROM quotes_quote WHERE id = NEW.quote_id FOR SHARE;
    IF offered.status IS DISTINCT FROM 'SENT' OR NEW.content_sha256 <> offered.content_sha256 THEN
        RAISE EXCEPTION 'only what was sent is signed, as it was sent' {REFUSED} = 'quotes_acceptance_while_sent';
    END IF;
    IF kalon_kind() IN ('staff', 'patient') AND NEW.user_id IS DISTINCT FROM kalon_user()
        OR current_user = 'kalon_portal' AND NEW.method = 'PAPER' THEN
        RAISE EXCEPTION 'everybody signs from their own account' {REFUSED} = 'quotes_acceptance_own_account';
    END IF;
    RETURN NEW;""",  # noqa: S608
    )


def waiver_ends_once() -> Trigger:
    """Letting somebody off stays as it was written; it may be ended once."""
    return Trigger(
        name="quotes_moneywaiver_stays",
        events="BEFORE UPDATE OR DELETE",
        body=f"""
    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
        AND to_jsonb(NEW) - ARRAY['ended_at', 'ended_by_id'] = to_jsonb(OLD) - ARRAY['ended_at', 'ended_by_id'] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was waived stays written' {REFUSED} = 'quotes_moneywaiver_stays';""",
    )


def answered_once() -> Trigger:
    """A question stays as it was asked, and is answered once, by the clinic."""
    return Trigger(
        name="quotes_question_stays",
        events="BEFORE INSERT OR UPDATE OR DELETE",
        body=f"""
    IF TG_OP = 'INSERT' THEN
        IF NEW.answered_at IS NULL AND NEW.answered_by_id IS NULL THEN RETURN NEW; END IF;
    ELSIF TG_OP = 'UPDATE' AND OLD.answered_at IS NULL AND NEW.answered_at IS NOT NULL
        AND to_jsonb(NEW) - ARRAY['answer', 'answered_at', 'answered_by_id']
            = to_jsonb(OLD) - ARRAY['answer', 'answered_at', 'answered_by_id'] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was asked stays as it was asked' {REFUSED} = 'quotes_question_stays';""",
    )
