"""The rules of consents to one session of a plan, kept by the database."""

from kalon.consents.models.guards import HOLDS, REFUSED
from kalon.kernel.triggers import Trigger, TriggerOn

# A session is consented to one by one where a form in use is about what its plan does.
ASKED = """SELECT FROM plans_planline AS line
        JOIN consents_templateprocedure AS about ON about.procedure_id = line.entry_id
        JOIN consents_template AS form ON form.id = about.template_id
        JOIN consents_version AS words ON words.template_id = form.id
        WHERE line.plan_id = NEW.plan_id AND form.kind = 'SESSION' AND words.status = 'PUBLISHED'"""


def of_session() -> Trigger:
    """A consent to a session is of one that is still to be held; looked at when prepared, shown and signed."""
    return Trigger(
        name="consents_consent_of_session",
        events="BEFORE INSERT OR UPDATE",
        body=f"""
    IF NEW.session_id IS NULL OR TG_OP = 'UPDATE' AND (NEW.status = OLD.status
        OR NEW.status NOT IN ('PRESENTED', 'PARTIALLY_SIGNED', 'SIGNED')) THEN RETURN NEW; END IF;
    PERFORM 1 FROM plans_proceduresession WHERE id = NEW.session_id
        AND status NOT IN ('IN_PROGRESS', 'COMPLETED', 'CANCELLED') FOR SHARE;
    IF FOUND THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a session is agreed to before it begins' {REFUSED} = 'consents_consent_of_session';""",
    )


def session_consented() -> TriggerOn:
    """No session becomes ready or begins without its signed consent that holds, where one is asked for each; and none
    without the consent to its plan, which may have been withdrawn or have run out between two sessions."""
    return TriggerOn(
        table="plans_proceduresession",
        name="consents_session_consented",
        events="BEFORE UPDATE OF status",
        body=f"""
    IF NEW.status = OLD.status OR NEW.status NOT IN ('READY', 'IN_PROGRESS')
        OR NEW.status = 'READY' AND OLD.status = 'IN_PROGRESS' THEN RETURN NEW; END IF;
    IF EXISTS (SELECT FROM plans_procedureplan WHERE id = NEW.plan_id AND consent = 'REQUIRED') THEN
        PERFORM 1 FROM consents_consent WHERE plan_id = NEW.plan_id AND kind = 'PROCEDURE' AND {HOLDS} FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the consent to this plan does not hold' {REFUSED} = 'consents_session_plan_consented';
        END IF;
    END IF;
    IF NOT EXISTS ({ASKED}) THEN RETURN NEW; END IF;
    PERFORM 1 FROM consents_consent WHERE session_id = NEW.id AND {HOLDS} FOR SHARE;
    IF FOUND THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'the consent to this session is signed first' {REFUSED} = 'consents_session_consented';""",  # noqa: S608
    )
