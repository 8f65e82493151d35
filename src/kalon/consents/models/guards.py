"""The rules of consents that look at other rows or at the clock, kept by the database."""

from kalon.kernel.triggers import Trigger, TriggerOn

REFUSED = "USING ERRCODE = 'check_violation', CONSTRAINT"

# What may still change once the words were put before somebody: how far it has come, never what it says.
PROGRESS = (
    "status", "status_at", "opened_at", "signed_at", "valid_until", "seal_sha256", "revoked_at", "revoked_by",
    "noted_at", "noted_by_id",
)  # fmt: skip
WORDS = ("version_id", "text_id", "language", "content", "content_sha256", "parts", "initialled")
PREPARING = ("signers", "presented_at", "presented_by")


def published_with_words() -> Trigger:
    """No version is published empty."""
    return Trigger(
        name="consents_version_with_words",
        events="BEFORE UPDATE",
        body=f"""
    IF NEW.status = 'PUBLISHED' AND OLD.status = 'DRAFT'
        AND NOT EXISTS (SELECT FROM consents_text WHERE version_id = NEW.id) THEN
        RAISE EXCEPTION 'a version is published with its words' {REFUSED} = 'consents_version_with_words';
    END IF;
    RETURN NEW;""",
    )


def frozen() -> Trigger:
    """What was put before a patient stays as it is from the first signature on; until then only the language changes:
    another text of the same version.

    The words come from a published version, each time they are put in.
    """
    return Trigger(
        name="consents_consent_frozen",
        events="BEFORE INSERT OR UPDATE",
        declare=f"free text[] := {_array(PROGRESS)};",
        body=f"""
    IF TG_OP = 'UPDATE' THEN
        IF OLD.status = 'DRAFT' THEN
            free := free || {_array((*WORDS, *PREPARING))};
        ELSIF OLD.status = 'PRESENTED' AND NEW.status = 'PRESENTED' AND NEW.version_id = OLD.version_id
            AND NEW.text_id IS DISTINCT FROM OLD.text_id
            AND NOT EXISTS (SELECT FROM consents_signature WHERE consent_id = OLD.id) THEN
            free := free || {_array(WORDS)};
        END IF;
        IF to_jsonb(NEW) - free <> to_jsonb(OLD) - free
            OR (OLD.opened_at IS NOT NULL AND NEW.opened_at IS DISTINCT FROM OLD.opened_at) THEN
            RAISE EXCEPTION 'what a patient was shown stays as it is' {REFUSED} = 'consents_consent_frozen';
        END IF;
    END IF;
    IF NEW.text_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.text_id IS DISTINCT FROM OLD.text_id)
        AND NOT EXISTS (SELECT FROM consents_version WHERE id = NEW.version_id AND status = 'PUBLISHED') THEN
        RAISE EXCEPTION 'a patient is shown the published words' {REFUSED} = 'consents_consent_published';
    END IF;
    RETURN NEW;""",  # noqa: S608
    )


def in_turn() -> Trigger:
    """Signed when everybody has signed, opened before that, expired when its time is over, withdrawn from now on."""
    return Trigger(
        name="consents_consent_in_turn",
        events="BEFORE UPDATE",
        body=f"""
    IF NEW.status = OLD.status THEN
        IF (NEW.signed_at, NEW.seal_sha256, NEW.valid_until, NEW.revoked_at, NEW.revoked_by)
            IS DISTINCT FROM (OLD.signed_at, OLD.seal_sha256, OLD.valid_until, OLD.revoked_at, OLD.revoked_by) THEN
            RAISE EXCEPTION 'these are written by signing and by withdrawing' {REFUSED} = 'consents_consent_in_turn';
        END IF;
        IF (NEW.noted_at, NEW.noted_by_id) IS DISTINCT FROM (OLD.noted_at, OLD.noted_by_id)
            AND (current_user = 'kalon_portal' OR OLD.noted_at IS NOT NULL) THEN
            RAISE EXCEPTION 'the clinic says once that it saw the end' {REFUSED} = 'consents_consent_noted_once';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.status = 'SIGNED' AND EXISTS (
        SELECT FROM unnest(NEW.signers) AS needed
            WHERE needed NOT IN (SELECT role FROM consents_signature WHERE consent_id = NEW.id)) THEN
        RAISE EXCEPTION 'somebody has not signed yet' {REFUSED} = 'consents_consent_all_signed';
    END IF;
    IF NEW.status = 'PARTIALLY_SIGNED'
        AND NOT EXISTS (SELECT FROM consents_signature WHERE consent_id = NEW.id) THEN
        RAISE EXCEPTION 'nobody has signed yet' {REFUSED} = 'consents_consent_all_signed';
    END IF;
    IF NEW.status = 'EXPIRED' AND (NEW.valid_until IS NULL OR NEW.valid_until > kalon_now()) THEN
        RAISE EXCEPTION 'it still holds' {REFUSED} = 'consents_consent_expires';
    END IF;
    RETURN NEW;""",  # noqa: S608
    )


def by_patient() -> Trigger:
    """A patient opens, changes the language of, signs and withdraws a consent of theirs, and nothing else."""
    arrows = (
        ("PRESENTED", "PARTIALLY_SIGNED"), ("PRESENTED", "SIGNED"), ("PARTIALLY_SIGNED", "SIGNED"),
        ("SIGNED", "REVOKED"),
    )  # fmt: skip
    drawn = " OR ".join(f"OLD.status = '{one}' AND NEW.status = '{other}'" for one, other in arrows)
    return Trigger(
        name="consents_consent_by_patient",
        events="BEFORE UPDATE",
        body=f"""
    IF current_user <> 'kalon_portal' OR NEW.status = OLD.status OR {drawn} THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a patient does not prepare or give up a consent' {REFUSED} = 'consents_consent_by_patient';""",
    )


def signed_while_open() -> Trigger:
    """A signature is put under the words as they stand, by its own account, while they are open; then it stays."""
    return Trigger(
        name="consents_signature_while_open",
        events="BEFORE INSERT OR UPDATE OR DELETE",
        declare="signed record;",
        body=f"""
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'a signature is never changed or removed' {REFUSED} = 'consents_signature_stays';
    END IF;
    SELECT status, kind, content_sha256, opened_at, presented_at, signers, parts INTO signed
        FROM consents_consent WHERE id = NEW.consent_id FOR SHARE;
    IF signed.status IS NULL OR signed.status NOT IN ('PRESENTED', 'PARTIALLY_SIGNED')
        OR signed.opened_at IS NULL THEN
        RAISE EXCEPTION 'only what was put before somebody and opened is signed'
            {REFUSED} = 'consents_signature_while_open';
    END IF;
    IF NEW.content_sha256 <> signed.content_sha256 THEN
        RAISE EXCEPTION 'these are not the words that were shown' {REFUSED} = 'consents_signature_same_words';
    END IF;
    IF NOT NEW.role = ANY (signed.signers) THEN
        RAISE EXCEPTION 'this signature was not asked for' {REFUSED} = 'consents_signature_asked';
    END IF;
    IF NEW.signed_at < signed.presented_at OR NEW.signed_at > kalon_now() + interval '1 minute' THEN
        RAISE EXCEPTION 'a signature is of the moment' {REFUSED} = 'consents_signature_moment';
    END IF;
    IF kalon_kind() IN ('staff', 'patient') AND NEW.user_id IS DISTINCT FROM kalon_user()
        OR current_user = 'kalon_portal' AND NEW.role NOT IN ('PATIENT', 'GUARDIAN') THEN
        RAISE EXCEPTION 'everybody signs from their own account' {REFUSED} = 'consents_signature_own_account';
    END IF;
    IF NEW.role IN ('PATIENT', 'GUARDIAN') AND signed.parts > (SELECT count(*) FROM consents_sectionread AS one
        WHERE one.consent_id = NEW.consent_id AND one.content_sha256 = signed.content_sha256
            AND one.read_at IS NOT NULL) THEN
        RAISE EXCEPTION 'every part is read before the patient signs' {REFUSED} = 'consents_signature_read';
    END IF;
    IF NEW.code_id IS NOT NULL AND (NEW.role NOT IN ('PATIENT', 'GUARDIAN') OR NOT EXISTS (
        SELECT FROM consents_signingcode AS sent WHERE sent.id = NEW.code_id AND sent.consent_id = NEW.consent_id
            AND sent.content_sha256 = NEW.content_sha256 AND sent.channel = NEW.channel
            AND sent.user_id IS NOT DISTINCT FROM NEW.user_id
            AND sent.proven_at BETWEEN kalon_now() - interval '1 minute' AND sent.expires_at)) THEN
        RAISE EXCEPTION 'a code signs what it was sent for, when it is typed' {REFUSED} = 'consents_signature_code';
    END IF;
    IF NEW.spoken_id IS NOT NULL AND (NEW.role NOT IN ('PATIENT', 'GUARDIAN') OR signed.kind <> 'RECORDING'
        OR NOT 'STAFF' = ANY (signed.signers) OR NOT EXISTS (
        SELECT FROM consents_spoken AS said WHERE said.id = NEW.spoken_id AND said.consent_id = NEW.consent_id
            AND said.content_sha256 = NEW.content_sha256 AND said.user_id = NEW.user_id AND said.said_by = NEW.role
            AND said.spoken_at > kalon_now() - interval '1 minute')) THEN
        RAISE EXCEPTION 'one agrees aloud to recordings, before a witness' {REFUSED} = 'consents_signature_spoken';
    END IF;
    IF EXISTS (SELECT FROM consents_question WHERE consent_id = NEW.consent_id AND answered_at IS NULL) THEN
        RAISE EXCEPTION 'what was asked is answered before anybody signs' {REFUSED} = 'consents_signature_answered';
    END IF;
    IF NEW.role IN ('PATIENT', 'GUARDIAN', 'SURGEON') AND EXISTS (SELECT FROM consents_signature AS other
        WHERE other.consent_id = NEW.consent_id AND other.user_id = NEW.user_id
            AND other.role IN ('PATIENT', 'GUARDIAN', 'SURGEON') AND (other.role = 'SURGEON') <> (NEW.role = 'SURGEON'))
    THEN
        RAISE EXCEPTION 'the surgeon does not sign for the patient' {REFUSED} = 'consents_signature_two_accounts';
    END IF;
    RETURN NEW;""",  # noqa: S608
    )


def spoken_kept() -> Trigger:
    """What was said stays as it was recorded; only its key may go."""
    return Trigger(
        name="consents_spoken_kept",
        events="BEFORE UPDATE OR DELETE",
        body=f"""
    IF TG_OP = 'UPDATE' AND NEW.data_key IS NULL AND to_jsonb(NEW) - 'data_key' = to_jsonb(OLD) - 'data_key' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was said is kept as it was recorded' {REFUSED} = 'consents_spoken_kept';""",
    )


HOLDS = "status = 'SIGNED' AND (valid_until IS NULL OR valid_until > kalon_now())"


def of_plan() -> Trigger:
    """A consent to what is planned hangs from an approved plan that is not over, and from that plan's consultation.

    A consent to a procedure moreover from a plan that asks for one. Looked at when it is prepared, put before the
    patient and signed.
    """
    return Trigger(
        name="consents_consent_of_plan",
        events="BEFORE INSERT OR UPDATE",
        declare="found record;",
        body=f"""
    IF NEW.plan_id IS NULL OR TG_OP = 'UPDATE' AND (NEW.status = OLD.status
        OR NEW.status NOT IN ('PRESENTED', 'PARTIALLY_SIGNED', 'SIGNED')) THEN RETURN NEW; END IF;
    SELECT status, consent, consultation_id, approved_at INTO found
        FROM plans_procedureplan WHERE id = NEW.plan_id FOR SHARE;
    IF found.approved_at IS NULL OR found.status IN ('DRAFT', 'PENDING_APPROVAL', 'COMPLETED', 'CANCELLED')
        OR found.consultation_id <> NEW.consultation_id
        OR NEW.kind = 'PROCEDURE' AND found.consent <> 'REQUIRED' THEN
        RAISE EXCEPTION 'a consent to what is planned hangs from its approved plan'
            {REFUSED} = 'consents_consent_of_plan';
    END IF;
    RETURN NEW;""",  # noqa: S608
    )


def covers_plan() -> Trigger:
    """What is put before a patient covers the lines of the plan as they are sealed: no more, no less, each side."""
    return Trigger(
        name="consents_consent_covers_plan",
        events="BEFORE UPDATE",
        body=f"""
    IF NEW.plan_id IS NULL OR NEW.status <> 'PRESENTED' OR OLD.status <> 'DRAFT' THEN RETURN NEW; END IF;
    IF NOT EXISTS (SELECT FROM consents_coveredline WHERE consent_id = NEW.id)
        OR EXISTS ((SELECT id, side, entry_id FROM plans_planline WHERE plan_id = NEW.plan_id
                EXCEPT SELECT plan_line_id, side, entry_id FROM consents_coveredline WHERE consent_id = NEW.id)
            UNION ALL (SELECT plan_line_id, side, entry_id FROM consents_coveredline WHERE consent_id = NEW.id
                EXCEPT SELECT id, side, entry_id FROM plans_planline WHERE plan_id = NEW.plan_id)) THEN
        RAISE EXCEPTION 'a consent covers what its plan says, side by side' {REFUSED} = 'consents_consent_covers_plan';
    END IF;
    RETURN NEW;""",  # noqa: S608
    )


def ends_with_plan() -> Trigger:
    """When a consent to a procedure ends, its plan stands as consented no longer: the plan steps back first."""
    return Trigger(
        name="consents_consent_takes_plan",
        events="BEFORE UPDATE",
        body=f"""
    IF NEW.kind = 'PROCEDURE' AND OLD.status = 'SIGNED' AND NEW.status IN ('REVOKED', 'EXPIRED') AND EXISTS (
        SELECT FROM plans_procedureplan WHERE id = NEW.plan_id AND status IN ('CONSENT_SIGNED', 'SCHEDULED')) THEN
        RAISE EXCEPTION 'a plan does not stand on a consent that has ended' {REFUSED} = 'consents_consent_takes_plan';
    END IF;
    RETURN NEW;""",
    )


def read_in_turn() -> Trigger:
    """Parts are read one after another, the words as they stand; the server's clock counts, and initials are put.

    The time of a part runs from when it was last put on the screen to when it was said to be read: never more than
    has really passed. What was read stays.
    """
    return Trigger(
        name="consents_sectionread_in_turn",
        events="BEFORE INSERT OR UPDATE OR DELETE",
        declare="shown record;",
        body=f"""
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND (OLD.read_at IS NOT NULL
        OR to_jsonb(NEW) - ARRAY['shown_at', 'read_at', 'seconds', 'initials', 'user_id']
            <> to_jsonb(OLD) - ARRAY['shown_at', 'read_at', 'seconds', 'initials', 'user_id']) THEN
        RAISE EXCEPTION 'what was read stays as it was read' {REFUSED} = 'consents_sectionread_stays';
    END IF;
    SELECT status, content_sha256, opened_at, parts, initialled INTO shown
        FROM consents_consent WHERE id = NEW.consent_id FOR SHARE;
    IF shown.status IS NULL OR shown.status NOT IN ('PRESENTED', 'PARTIALLY_SIGNED') OR shown.opened_at IS NULL
        OR NEW.content_sha256 <> shown.content_sha256 OR NEW.number NOT BETWEEN 1 AND shown.parts THEN
        RAISE EXCEPTION 'only what is before the patient is read' {REFUSED} = 'consents_sectionread_while_open';
    END IF;
    IF NEW.number > 1 AND NOT EXISTS (SELECT FROM consents_sectionread WHERE consent_id = NEW.consent_id
        AND content_sha256 = NEW.content_sha256 AND number = NEW.number - 1 AND read_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the part before it is read first' {REFUSED} = 'consents_sectionread_turn';
    END IF;
    IF kalon_kind() IN ('staff', 'patient') AND NEW.user_id IS DISTINCT FROM kalon_user() THEN
        RAISE EXCEPTION 'everybody reads from their own account' {REFUSED} = 'consents_sectionread_own_account';
    END IF;
    IF TG_OP = 'INSERT' OR NEW.read_at IS NULL THEN
        NEW.shown_at := kalon_now(); NEW.read_at := NULL; NEW.seconds := NULL; NEW.initials := NULL;
        RETURN NEW;
    END IF;
    NEW.shown_at := OLD.shown_at;
    NEW.read_at := greatest(kalon_now(), OLD.shown_at);
    NEW.seconds := least(floor(extract(epoch FROM NEW.read_at - NEW.shown_at)), 2147483647);
    IF (NEW.number = ANY (shown.initialled)) <> (NEW.initials IS NOT NULL) THEN
        RAISE EXCEPTION 'initials are put where they are asked' {REFUSED} = 'consents_sectionread_initials';
    END IF;
    RETURN NEW;""",  # noqa: S608
    )


def code_kept() -> Trigger:
    """A code is sent for words that are open, lives ten minutes, is tried five times, and is proven once or never."""
    return Trigger(
        name="consents_signingcode_kept",
        events="BEFORE INSERT OR UPDATE OR DELETE",
        declare="asked record;",
        body=f"""
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND (
        to_jsonb(NEW) - ARRAY['tries', 'proven_at'] <> to_jsonb(OLD) - ARRAY['tries', 'proven_at']
        OR NEW.tries NOT IN (OLD.tries, OLD.tries + 1) OR OLD.proven_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a code that was sent stays as it was sent' {REFUSED} = 'consents_signingcode_stays';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF NEW.proven_at IS NOT NULL AND (NEW.tries = 0 OR kalon_now() > OLD.expires_at
            OR abs(extract(epoch FROM NEW.proven_at - kalon_now())) > 60 OR EXISTS (SELECT FROM consents_signingcode
                AS later WHERE later.consent_id = NEW.consent_id AND later.sent_at > NEW.sent_at)) THEN
            RAISE EXCEPTION 'only the newest code opens, within its time' {REFUSED} = 'consents_signingcode_lives';
        END IF;
        RETURN NEW;
    END IF;
    SELECT status, content_sha256, opened_at INTO asked FROM consents_consent WHERE id = NEW.consent_id;
    IF asked.status IS NULL OR asked.status NOT IN ('PRESENTED', 'PARTIALLY_SIGNED') OR asked.opened_at IS NULL
        OR asked.content_sha256 <> NEW.content_sha256 OR NEW.tries <> 0 OR NEW.proven_at IS NOT NULL
        OR NEW.expires_at > NEW.sent_at + interval '10 minutes'
        OR abs(extract(epoch FROM NEW.sent_at - kalon_now())) > 60
        OR kalon_kind() IN ('staff', 'patient') AND NEW.user_id IS DISTINCT FROM kalon_user() THEN
        RAISE EXCEPTION 'a code is sent for words that are open' {REFUSED} = 'consents_signingcode_while_open';
    END IF;
    RETURN NEW;""",  # noqa: S608
    )


def answered_once() -> Trigger:
    """A question is asked while the words are open, stays as it was asked, and is answered once, by the clinic."""
    return Trigger(
        name="consents_question_stays",
        events="BEFORE INSERT OR UPDATE OR DELETE",
        body=f"""
    IF TG_OP = 'INSERT' THEN
        IF NEW.answered_at IS NULL AND EXISTS (SELECT FROM consents_consent WHERE id = NEW.consent_id
            AND status IN ('PRESENTED', 'PARTIALLY_SIGNED')) THEN RETURN NEW; END IF;
    ELSIF TG_OP = 'UPDATE' AND OLD.answered_at IS NULL AND NEW.answered_at IS NOT NULL
        AND to_jsonb(NEW) - ARRAY['answer', 'answered_at', 'answered_by_id', 'answered_name']
            = to_jsonb(OLD) - ARRAY['answer', 'answered_at', 'answered_by_id', 'answered_name'] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was asked stays as it was asked' {REFUSED} = 'consents_question_stays';""",
    )


def plan_consented() -> Trigger:
    """No plan that asks for consent becomes consented or booked without a signed one of that very plan that holds.

    A plan that comes back from its date or its case needs one that is signed; whether its time is over the next step
    forward looks at.
    """
    return TriggerOn(
        table="plans_procedureplan",
        name="consents_plan_consented",
        events="BEFORE UPDATE OF status",
        body=f"""
    IF NEW.status = OLD.status OR NEW.consent <> 'REQUIRED' OR NEW.status NOT IN ('CONSENT_SIGNED', 'SCHEDULED')
        OR EXISTS (SELECT FROM consents_consent WHERE plan_id = NEW.id AND kind = 'PROCEDURE'
            AND ({HOLDS} OR status = 'SIGNED' AND OLD.status IN ('SCHEDULED', 'IN_PROGRESS'))) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'the consent to this plan is signed first' {REFUSED} = 'consents_plan_consented';""",
    )


def _array(columns: tuple[str, ...]) -> str:
    return f"ARRAY[{', '.join(repr(column) for column in columns)}]"
