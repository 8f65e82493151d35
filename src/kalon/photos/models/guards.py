"""What the database keeps of photographs beyond a single row: the consent, whose they are, and that they stay."""

from kalon.kernel.triggers import Trigger

REFUSED = "USING ERRCODE = 'check_violation', CONSTRAINT"
OF_PERSON = "patient_id = ANY ((SELECT kalon_records_of(NEW.patient_id))::uuid[])"


def live(consent: str, kind: str) -> str:
    """Whether a row names a consent of this person and kind that holds now; locked, so that a withdrawal waits."""
    return f"""
    PERFORM FROM consents_consent WHERE id = {consent} AND kind = {kind} AND status = 'SIGNED'
        AND (valid_until IS NULL OR valid_until > kalon_now()) AND {OF_PERSON} FOR SHARE;"""


def consented() -> Trigger:
    """A photograph is kept under a consent to photographs that holds now, and hangs from papers of the same person."""
    return Trigger(
        name="photos_photo_consented",
        events="BEFORE INSERT",
        declare="wrong photos_photo;",
        body=f"""
    IF NEW.corrects_id IS NOT NULL THEN
        SELECT * INTO wrong FROM photos_photo
        WHERE id = NEW.corrects_id AND corrected_at IS NOT NULL AND data_key IS NOT NULL
            AND organization_id = NEW.organization_id AND received_sha256 = NEW.received_sha256;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a correction names the photograph it corrects' {REFUSED} = 'photos_photo_corrects';
        END IF;
    END IF;
    IF (wrong.patient_id, wrong.consent_id) IS DISTINCT FROM (NEW.patient_id, NEW.consent_id) THEN{live("NEW.consent_id", "'PHOTOGRAPHY'")}
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the patient has not agreed to photographs' {REFUSED} = 'photos_photo_consented';
        END IF;
    END IF;
    IF NEW.session_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM plans_proceduresession
            WHERE id = NEW.session_id AND plan_id IS NOT DISTINCT FROM NEW.plan_id AND {OF_PERSON}) THEN
        RAISE EXCEPTION 'this session is another plan''s' {REFUSED} = 'photos_photo_of_session';
    END IF;
    IF NEW.plan_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM plans_procedureplan WHERE id = NEW.plan_id AND {OF_PERSON})
        OR NEW.consultation_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM consultations_consultation WHERE id = NEW.consultation_id AND {OF_PERSON}) THEN
        RAISE EXCEPTION 'this plan or visit is another patient''s' {REFUSED} = 'photos_photo_same_patient';
    END IF;
    RETURN NEW;""",  # noqa: S608, E501
    )


def fixed() -> Trigger:
    """What a photograph holds never changes; it goes whole, by somebody, and then nothing of it changes any more."""
    return Trigger(
        name="photos_photo_fixed",
        events="BEFORE UPDATE",
        declare="""free text[] := ARRAY['data_key', 'deleted_at', 'deleted_by', 'sha256', 'received_sha256'];
    said text[] := ARRAY['corrected_at', 'corrected_by', 'corrected_why'];""",
        body=f"""
    IF OLD.data_key IS NULL AND NEW IS DISTINCT FROM OLD
        OR to_jsonb(NEW) - free - said <> to_jsonb(OLD) - free - said
        OR OLD.corrected_at IS NOT NULL AND to_jsonb(NEW) - free <> to_jsonb(OLD) - free
        OR NEW.data_key IS NULL AND NEW.deleted_at IS NULL
        OR NEW.data_key IS NOT NULL
            AND (NEW.sha256, NEW.received_sha256) IS DISTINCT FROM (OLD.sha256, OLD.received_sha256) THEN
        RAISE EXCEPTION 'what a photograph holds is never changed; take another and remove this one'
            {REFUSED} = 'photos_photo_fixed';
    END IF;
    RETURN NEW;""",
    )


def has_successor() -> Trigger:
    """What is marked as wrong has another photograph that says it right."""
    return Trigger(
        name="photos_photo_successor",
        events="DEFERRED AFTER UPDATE",
        body=f"""
    IF NEW.corrected_at IS NOT NULL AND OLD.corrected_at IS NULL
            AND (SELECT count(*) FROM photos_photo WHERE id = NEW.id OR corrects_id = NEW.id) = 1 THEN
        RAISE EXCEPTION 'a photograph is corrected by another that says it right'
            {REFUSED} = 'photos_photo_successor';
    END IF;
    RETURN NULL;""",  # noqa: S608
    )


def drawn() -> Trigger:
    """What was drawn on a photograph stays as it is, shown or hidden; it goes when the photograph goes."""
    return Trigger(
        name="photos_annotation_fixed",
        events="BEFORE INSERT OR UPDATE OR DELETE",
        declare="free text[] := ARRAY['hidden_at', 'hidden_by'];",
        body=f"""
    IF TG_OP = 'INSERT' AND EXISTS (
            SELECT FROM photos_photo WHERE id = NEW.photo_id AND (data_key IS NULL OR corrected_at IS NOT NULL))
        OR TG_OP = 'UPDATE' AND to_jsonb(NEW) - free <> to_jsonb(OLD) - free
        OR TG_OP = 'DELETE'
            AND EXISTS (SELECT FROM photos_photo WHERE id = OLD.photo_id AND data_key IS NOT NULL) THEN
        RAISE EXCEPTION 'what was drawn on a photograph stays as it is until the photograph is removed'
            {REFUSED} = 'photos_annotation_fixed';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;""",  # noqa: S608
    )


def piece_stays(of: str, piece: str, told: str) -> Trigger:
    """The pieces of a photograph, or of a copy, go with its key and not before."""
    return Trigger(
        name=f"photos_{piece}_fixed",
        events="BEFORE UPDATE OR DELETE",
        body=f"""
    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM photos_{of} WHERE id = OLD.{of}_id AND data_key IS NULL) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '{told}'
        {REFUSED} = 'photos_{piece}_fixed';""",
    )


def paired() -> Trigger:
    """Two photographs of one person from the same view, the earlier before the later; shared under a live consent."""
    return Trigger(
        name="photos_pair_of_view",
        events="BEFORE INSERT OR UPDATE",
        declare="free text[] := ARRAY['shared_at', 'shared_by', 'consent_id'];",
        body=f"""
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - free <> to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'a pair stays the pair it is' {REFUSED} = 'photos_pair_fixed';
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT FROM photos_photo AS earlier JOIN photos_photo AS later ON later.id = NEW.later_id
        WHERE earlier.id = NEW.earlier_id AND earlier.view = later.view AND earlier.taken_at <= later.taken_at
            AND earlier.deleted_at IS NULL AND later.deleted_at IS NULL AND later.patient_id = NEW.patient_id
            AND earlier.corrected_at IS NULL AND later.corrected_at IS NULL
            AND earlier.{OF_PERSON}) THEN
        RAISE EXCEPTION 'a pair shows one patient from one view, the earlier first' {REFUSED} = 'photos_pair_of_view';
    END IF;
    IF NEW.shared_at IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.shared_at IS NULL) THEN{live("NEW.consent_id", "'PHOTOGRAPHY'")}
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the patient does not agree to photographs any more' {REFUSED} = 'photos_pair_consented';
        END IF;
    END IF;
    RETURN NEW;""",  # noqa: S608, E501
    )
