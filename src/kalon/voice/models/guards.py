"""What the database keeps of recordings beyond a single row: the consent, that sound stays as it came, and holds."""

from kalon.kernel.triggers import Trigger

REFUSED = "USING ERRCODE = 'check_violation', CONSTRAINT"


def unheld(session: str, constraint: str) -> str:
    """Refuses to destroy what a legal matter holds."""
    return f"""
        IF EXISTS (SELECT FROM voice_voicesession WHERE id = {session} AND held_at IS NOT NULL) THEN
            RAISE EXCEPTION 'this recording is kept for a legal matter' {REFUSED} = '{constraint}';
        END IF;"""


def live(consent: str, patient: str) -> str:
    """Looks for a consent to recordings of this person that holds now; locked, so that a withdrawal waits."""
    return _holding(f"id = {consent} AND kind = 'RECORDING'", patient)


def _holding(which: str, patient: str) -> str:
    return f"""
    PERFORM FROM consents_consent WHERE {which} AND status = 'SIGNED'
        AND (valid_until IS NULL OR valid_until > kalon_now())
        AND patient_id = ANY ((SELECT kalon_records_of({patient}))::uuid[]) FOR SHARE;"""


def consented() -> Trigger:
    """A recording is begun, goes on, is written down, drafted and verified only under a consent that holds now."""
    return Trigger(
        name="voice_session_consented",
        events="BEFORE INSERT OR UPDATE",
        body=f"""
    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status
            AND NEW.status IN ('RECORDING', 'TRANSCRIBED', 'DRAFTED', 'VERIFIED') THEN
        {live("NEW.consent_id", "NEW.patient_id")}
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the patient does not agree to a recording' {REFUSED} = 'voice_session_consented';
        END IF;
    END IF;
    RETURN NEW;""",
    )


def fixed() -> Trigger:
    """Whose recording it is never changes; its key goes by somebody, and not while it is held."""
    return Trigger(
        name="voice_session_fixed",
        events="BEFORE UPDATE",
        declare="kept text[] := ARRAY['patient_id', 'consultation_id', 'consent_id', 'branch_id', 'organization_id', "
        "'half', 'created_at', 'recorded_by'];",
        body=f"""
    IF (SELECT jsonb_object_agg(name, to_jsonb(NEW) -> name) FROM unnest(kept) AS name)
        <> (SELECT jsonb_object_agg(name, to_jsonb(OLD) -> name) FROM unnest(kept) AS name)
        OR OLD.container <> '' AND NEW.container <> OLD.container
        OR NEW.data_key IS DISTINCT FROM OLD.data_key
            AND OLD.data_key IS NULL THEN
        RAISE EXCEPTION 'a recording stays the recording it is' {REFUSED} = 'voice_session_fixed';
    END IF;
    IF NEW.data_key IS NULL AND OLD.data_key IS NOT NULL AND NEW.held_at IS NOT NULL THEN
        RAISE EXCEPTION 'this recording is kept for a legal matter' {REFUSED} = 'voice_session_held';
    END IF;
    RETURN NEW;""",  # noqa: S608
    )


def taken() -> Trigger:
    """Sound is taken while the session is open for it, under a consent that holds this moment."""
    return Trigger(
        name="voice_chunk_taken",
        events="BEFORE INSERT",
        declare="session voice_voicesession;",
        body=f"""
    SELECT * INTO session FROM voice_voicesession WHERE id = NEW.session_id FOR SHARE;
    IF session.status NOT IN ('RECORDING', 'PAUSED') OR session.data_key IS NULL
        OR session.parts IS NOT NULL AND NEW.index >= session.parts THEN
        RAISE EXCEPTION 'this recording takes no more sound' {REFUSED} = 'voice_chunk_open';
    END IF;
    {live("session.consent_id", "session.patient_id")}
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the patient does not agree to a recording' {REFUSED} = 'voice_chunk_consented';
    END IF;
    RETURN NEW;""",  # noqa: S608
    )


def goes_with_key(table: str, *, name: str, parent: str, key: str) -> Trigger:
    """Rows stay as they came, and go when the key of what they belong to is destroyed."""
    return Trigger(
        name=name,
        events="BEFORE UPDATE OR DELETE",
        body=f"""
    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM {parent} WHERE id = OLD.{key} AND data_key IS NULL) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'rows of {table} stay as they came until their key is destroyed' {REFUSED} = '{name}';""",
    )


def words_held() -> Trigger:
    """The words of a recording that is held do not go either."""
    return Trigger(
        name="voice_transcript_held",
        events="BEFORE UPDATE",
        body=f"""
    IF NEW.data_key IS DISTINCT FROM OLD.data_key AND OLD.data_key IS NULL
        OR (NEW.patient_id, NEW.session_id, NEW.half) IS DISTINCT FROM (OLD.patient_id, OLD.session_id, OLD.half) THEN
        RAISE EXCEPTION 'what was said stays whose it is' {REFUSED} = 'voice_transcript_fixed';
    END IF;
    IF NEW.data_key IS NULL AND OLD.data_key IS NOT NULL
        AND EXISTS (SELECT FROM voice_voicesession WHERE id = NEW.session_id AND held_at IS NOT NULL) THEN
        RAISE EXCEPTION 'this recording is kept for a legal matter' {REFUSED} = 'voice_transcript_held';
    END IF;
    RETURN NEW;""",
    )


def noted() -> Trigger:
    """A recording is drafted once there is a draft of it, and verified once a doctor's decisions on it are kept."""
    return Trigger(
        name="voice_session_noted",
        events="BEFORE UPDATE",
        body=f"""
    IF NEW.status = OLD.status THEN
        RETURN NEW;
    END IF;
    IF NEW.status = 'DRAFTED' AND NOT EXISTS (SELECT FROM voice_draft WHERE session_id = NEW.id) THEN
        RAISE EXCEPTION 'there is no draft of this recording' {REFUSED} = 'voice_session_drafted';
    END IF;
    IF NEW.status = 'VERIFIED' AND NOT EXISTS (SELECT FROM voice_verified
            JOIN voice_draft ON voice_draft.id = voice_verified.draft_id WHERE voice_draft.session_id = NEW.id) THEN
        RAISE EXCEPTION 'nobody has verified the note of this recording' {REFUSED} = 'voice_session_verified';
    END IF;
    RETURN NEW;""",  # noqa: S608
    )


def _stays(table: str, session: str) -> str:
    """Only the key of a row may go, for good, and not while its recording is held."""
    return f"""
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'data_key' <> to_jsonb(OLD) - 'data_key'
            OR OLD.data_key IS NULL AND NEW.data_key IS NOT NULL THEN
        RAISE EXCEPTION 'rows of {table} stay as they were written' {REFUSED} = '{table}_kept';
    END IF;
    IF NEW.data_key IS NULL AND OLD.data_key IS NOT NULL
            AND EXISTS (SELECT FROM voice_voicesession WHERE id = {session} AND held_at IS NOT NULL) THEN
        RAISE EXCEPTION 'this recording is kept for a legal matter' {REFUSED} = '{table}_held';
    END IF;
    RETURN NEW;"""


def draft_kept() -> Trigger:
    """A note is drafted from words that are there, under a consent that holds now, until one is verified."""
    return Trigger(
        name="voice_draft_kept",
        events="BEFORE INSERT OR UPDATE OR DELETE",
        declare="session voice_voicesession;",
        body=f"""
    IF TG_OP = 'INSERT' THEN
        SELECT * INTO session FROM voice_voicesession WHERE id = NEW.session_id FOR SHARE;
        IF session.status NOT IN ('TRANSCRIBED', 'DRAFTED')
            OR NOT EXISTS (SELECT FROM voice_transcript WHERE session_id = NEW.session_id AND data_key IS NOT NULL) THEN
            RAISE EXCEPTION 'nothing is drafted of this recording now' {REFUSED} = 'voice_draft_open';
        END IF;
        {live("session.consent_id", "session.patient_id")}
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the patient does not agree to a recording' {REFUSED} = 'voice_draft_consented';
        END IF;
        RETURN NEW;
    END IF;{_stays("voice_draft", "OLD.session_id")}""",  # noqa: S608
    )


def verified_kept() -> Trigger:
    """A doctor verifies the latest draft of a recording, once."""
    return Trigger(
        name="voice_verified_kept",
        events="BEFORE INSERT OR UPDATE OR DELETE",
        declare="drafted voice_draft; found_status text;",
        body=f"""
    IF TG_OP = 'INSERT' THEN
        SELECT * INTO drafted FROM voice_draft WHERE id = NEW.draft_id;
        SELECT status INTO found_status FROM voice_voicesession WHERE id = drafted.session_id FOR SHARE;
        IF found_status <> 'DRAFTED' OR drafted.data_key IS NULL THEN
            RAISE EXCEPTION 'nothing of this recording waits to be verified' {REFUSED} = 'voice_verified_open';
        END IF;
        IF EXISTS (SELECT FROM voice_draft WHERE session_id = drafted.session_id AND number > drafted.number) THEN
            RAISE EXCEPTION 'there is a later draft of this recording' {REFUSED} = 'voice_verified_latest';
        END IF;
        IF NEW.follow_up_id IS NOT NULL AND NOT EXISTS (SELECT FROM plans_followupplan
                WHERE id = NEW.follow_up_id AND patient_id = NEW.patient_id) THEN
            RAISE EXCEPTION 'this follow-up is of another patient' {REFUSED} = 'voice_verified_follow_up';
        END IF;
        RETURN NEW;
    END IF;{_stays("voice_verified", "(SELECT session_id FROM voice_draft WHERE id = OLD.draft_id)")}""",  # noqa: S608
    )


def within_budget() -> Trigger:
    """An engine outside works while it is on and its budget of the month is not spent; once settled it stays.

    Until then only its tries are counted, one by one; what never left costs nothing.
    """
    return Trigger(
        name="voice_usage_kept",
        events="BEFORE INSERT OR UPDATE OR DELETE",
        declare="decided voice_outsideengine; spent numeric; "
        "free text[] := ARRAY['model', 'heard_ms', 'tokens_in', 'tokens_out', 'cost', 'took_ms', 'failure', "
        "'settled_at'];",
        body=f"""
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'what was used stays written down' {REFUSED} = 'voice_usage_settled';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.settled_at IS NOT NULL
                OR NEW.settled_at IS NULL AND (NEW.tries <> OLD.tries + 1
                    OR to_jsonb(NEW) - 'tries' <> to_jsonb(OLD) - 'tries')
                OR NEW.settled_at IS NOT NULL AND to_jsonb(NEW) - free <> to_jsonb(OLD) - free THEN
            RAISE EXCEPTION 'what was used stays written down' {REFUSED} = 'voice_usage_settled';
        END IF;
        IF NEW.is_outside AND NEW.tries = 0 AND NEW.cost > 0 THEN
            RAISE EXCEPTION 'what was never asked costs nothing' {REFUSED} = 'voice_usage_never_asked';
        END IF;
        RETURN NEW;
    END IF;
    SELECT date_trunc('month', kalon_now() AT TIME ZONE timezone)::date INTO NEW.month
        FROM people_organization WHERE id = NEW.organization_id;
    IF NOT NEW.is_outside THEN
        RETURN NEW;
    END IF;
    SELECT * INTO decided FROM voice_outsideengine
        WHERE organization_id = NEW.organization_id AND name = NEW.engine FOR UPDATE;
    IF NOT FOUND OR NOT decided.is_on THEN
        RAISE EXCEPTION 'this engine is not switched on' {REFUSED} = 'voice_usage_switched_on';
    END IF;
    SELECT coalesce(sum(cost), 0) INTO spent FROM voice_usage
        WHERE organization_id = NEW.organization_id AND engine = NEW.engine AND is_outside AND month = NEW.month;
    IF spent + NEW.cost > decided.budget THEN
        RAISE EXCEPTION 'the budget of this month is spent' {REFUSED} = 'voice_usage_budget';
    END IF;
    RETURN NEW;""",  # noqa: S608
    )


def leaves() -> Trigger:
    """Each time something goes to an engine outside, the patient agrees to the recording; for sound, to that too."""
    return Trigger(
        name="voice_usage_leaves",
        events="BEFORE INSERT OR UPDATE",
        declare="session voice_voicesession;",
        body=f"""
    IF NOT NEW.is_outside OR TG_OP = 'UPDATE' AND NEW.tries = OLD.tries THEN
        RETURN NEW;
    END IF;
    SELECT * INTO session FROM voice_voicesession WHERE id = NEW.session_id FOR SHARE;
    {live("session.consent_id", "session.patient_id")}
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the patient does not agree to a recording' {REFUSED} = 'voice_usage_agreed';
    END IF;
    IF NEW.kind <> 'HEARD' THEN
        RETURN NEW;
    END IF;
    {_holding("organization_id = NEW.organization_id AND kind = 'CLOUD_SPEECH'", "session.patient_id")}
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the patient does not agree to an engine outside' {REFUSED} = 'voice_usage_sound_agreed';
    END IF;
    RETURN NEW;""",  # noqa: S608
    )


def pattern_kept() -> Trigger:
    """What is taken out is never reworded in its place: it ends, for good, and the next wording names it."""
    return Trigger(
        name="voice_ownpattern_kept",
        events="BEFORE INSERT OR UPDATE OR DELETE",
        declare="free text[] := ARRAY['is_active', 'ended_at'];",
        body=f"""
    IF TG_OP = 'INSERT' THEN
        IF NEW.replaces_id IS NOT NULL
                AND NOT EXISTS (SELECT FROM voice_ownpattern WHERE id = NEW.replaces_id AND ended_at IS NOT NULL) THEN
            RAISE EXCEPTION 'the wording before this one has not ended' {REFUSED} = 'voice_ownpattern_replaces';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL OR to_jsonb(NEW) - free <> to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'what once was taken out stays known as it was' {REFUSED} = 'voice_ownpattern_kept';
    END IF;
    RETURN NEW;""",
    )
