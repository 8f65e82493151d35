"""What the database keeps of recordings beyond a single row: the consent, that sound stays as it came, and holds."""

from kalon.kernel.triggers import Trigger

REFUSED = "USING ERRCODE = 'check_violation', CONSTRAINT"


def live(consent: str, patient: str) -> str:
    """Looks for a consent to recordings of this person that holds now; locked, so that a withdrawal waits."""
    return f"""
    PERFORM FROM consents_consent WHERE id = {consent} AND kind = 'RECORDING' AND status = 'SIGNED'
        AND (valid_until IS NULL OR valid_until > kalon_now())
        AND patient_id = ANY ((SELECT kalon_records_of({patient}))::uuid[]) FOR SHARE;"""


def consented() -> Trigger:
    """A recording is begun, goes on and is written down only under a consent that holds now."""
    return Trigger(
        name="voice_session_consented",
        events="BEFORE INSERT OR UPDATE",
        body=f"""
    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status AND NEW.status IN ('RECORDING', 'TRANSCRIBED') THEN
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
