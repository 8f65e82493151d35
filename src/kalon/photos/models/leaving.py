"""What the database keeps of copies that leave the clinic: the consent they are made and fetched under."""

from kalon.kernel.triggers import Trigger
from kalon.photos.models.guards import OF_PERSON, REFUSED, live

NEEDED = "CASE NEW.purpose WHEN 'MARKETING' THEN 'MARKETING' ELSE 'PHOTOGRAPHY' END"


def consented() -> Trigger:
    """A copy is made under a live consent of the kind its purpose asks for, of photographs that are there.

    Patients make one for themselves alone, of what is shared with them.
    """
    return Trigger(
        name="photos_export_consented",
        events="BEFORE INSERT",
        body=f"""
    IF current_user = 'kalon_portal'
            AND (NEW.purpose, NEW.form, NEW.with_drawings) IS DISTINCT FROM ('PATIENT', 'PICTURE', false) THEN
        RAISE EXCEPTION 'patients make copies for themselves alone' {REFUSED} = 'photos_export_own';
    END IF;
    {live("NEW.consent_id", NEEDED)}
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the patient has not agreed to this use of photographs'
            {REFUSED} = 'photos_export_consented';
    END IF;
    IF NOT EXISTS (
        SELECT FROM photos_photo WHERE data_key IS NOT NULL AND corrected_at IS NULL AND {OF_PERSON}
            AND id IN (NEW.photo_id, (SELECT later_id FROM photos_pair WHERE id = NEW.pair_id)))
        OR EXISTS (
            SELECT FROM photos_pair AS pair JOIN photos_photo AS earlier ON earlier.id = pair.earlier_id
            WHERE pair.id = NEW.pair_id AND (earlier.data_key IS NULL OR earlier.corrected_at IS NOT NULL)) THEN
        RAISE EXCEPTION 'this photograph is not there, or another patient''s' {REFUSED} = 'photos_export_of_patient';
    END IF;
    RETURN NEW;""",  # noqa: S608
    )


def fixed() -> Trigger:
    """What was made for whom never changes; it is withdrawn whole, and then nothing of it changes any more."""
    return Trigger(
        name="photos_export_fixed",
        events="BEFORE UPDATE",
        declare="free text[] := ARRAY['data_key', 'withdrawn_at', 'withdrawn_by', 'withdrawn_why'];",
        body=f"""
    IF OLD.data_key IS NULL AND NEW IS DISTINCT FROM OLD OR to_jsonb(NEW) - free <> to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'what left the clinic for whom is never changed' {REFUSED} = 'photos_export_fixed';
    END IF;
    RETURN NEW;""",
    )


def handed_over() -> Trigger:
    """A copy is fetched while the consent it was made under holds, and not a moment longer."""
    return Trigger(
        name="photos_handover_consented",
        events="BEFORE INSERT",
        body=f"""
    PERFORM FROM photos_export AS export JOIN consents_consent AS consent ON consent.id = export.consent_id
    WHERE export.id = NEW.export_id AND export.data_key IS NOT NULL AND consent.status = 'SIGNED'
        AND (consent.valid_until IS NULL OR consent.valid_until > kalon_now()) FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the consent to this copy does not hold any more' {REFUSED} = 'photos_handover_consented';
    END IF;
    RETURN NEW;""",
    )
