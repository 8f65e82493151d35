"""Putting the words before a patient: prepared, frozen, opened, in the language they read."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from kalon.consents import queries, rules
from kalon.consents.actions.of_session import REFUSED as OF_SESSION
from kalon.consents.actions.of_session import session_for, session_named
from kalon.consents.actions.planned import NOT_APPROVED, asked, cover, covered_by, names_of_plan, plan_for
from kalon.consents.events import ConsentPresented
from kalon.consents.lifecycles import CONSENT, OPEN, PRESENT, SIGN, Status
from kalon.consents.models import Consent, Text, Version
from kalon.kernel import audit, clock, events
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotReady
from kalon.kernel.lookup import one
from kalon.kernel.numbers import next_number
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.plans import queries as plans

NOT_IN_USE = "This consent form is not in use any more. Choose another one."
LIVE_ALREADY = Clash("There is a consent to this plan already. Open that one, or give it up or withdraw it first.")
UNFINISHED = Clash("A consent of this kind is being prepared or signed already. Open that one, or give it up first.")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which paper, where, in which language (empty: the patient's own), and whether somebody interprets.

    `guardianship`: the ground on which a guardian signs for an adult; empty where adults sign for themselves.
    `plan_id`: the approved plan that a consent to a procedure or to a plan hangs from; `session_id`: the one of its
    sessions that a consent to a session is for.
    """

    version_id: UUID
    branch_id: UUID
    language: str = ""
    has_interpreter: bool = False
    guardianship: str = ""
    plan_id: UUID | None = None
    session_id: UUID | None = None


@verb
def prepare(patient_id: UUID, wish: Wish, *, by: Actor) -> Consent:
    """Prepare a consent for a patient; nothing is shown yet.

    NotReady while the date of birth is not recorded: from it follows whether the patient or a guardian signs.
    """
    by.must(PRESENT, at=wish.branch_id, do="prepare consents")
    patient = patients.patient(patient_id, seen_by=by)
    branch = people.branch(wish.branch_id, seen_by=by)
    version = one(queries.usable(seen_by=by).filter(pk=wish.version_id))
    if version is None:
        raise NotFound(NOT_IN_USE)
    plan = plan_for(version, wish.plan_id, patient_id, by=by)
    session = session_for(version, wish.session_id, plan, by=by)
    today = clock.today(branch.timezone)
    text = _text(version, wish.language, own=patient.language, by=by)
    ground = rules.ground(wish.guardianship)
    made = Consent(
        organization_id=by.organization_id,
        patient=patient,
        number=rules.number(branch.code, today.year, _serial(branch.pk, today)),
        kind=version.kind,
        branch=branch,
        plan=plan,
        consultation_id=plan.consultation_id if plan else None,
        session=session,
        version=version,
        language=text.language,
        signers=rules.signers_for(
            is_adult=rules.of_age(_born(patient), today) and not ground,
            needs_staff=version.needs_staff,
            needs_witness=version.needs_witness,
            needs_surgeon=version.needs_surgeon,
            has_interpreter=wish.has_interpreter,
        ),
        guardianship=ground or None,
        prepared_by=by.name,
    )
    with refusing(
        {"consents_one_unfinished": UNFINISHED, "consents_one_live_of_plan": LIVE_ALREADY, **NOT_APPROVED, **OF_SESSION}
    ):
        CONSENT.born(made, name="prepare")
    return made


@verb
def present(pk: UUID, *, by: Actor) -> Consent:
    """Freeze the words that are in use now, and put them before the patient: here, and on their own pages."""
    consent = queries.consent(pk, seen_by=by, lock=True)
    if consent.status != Status.DRAFT or not by.may(PRESENT):
        CONSENT.guard(consent, "present", by=by)
    in_use = queries.usable(seen_by=by).filter(template_id=consent.version.template_id).first()
    if in_use is None:
        raise NotReady(NOT_IN_USE)
    words = _frozen(consent, in_use, _text(in_use, consent.language, own="", by=by), by=by)
    cover(consent)
    with refusing({**NOT_APPROVED, **OF_SESSION}):
        CONSENT.move(consent, "present", by=by, presented_at=clock.now(), presented_by=by.name, **words)
    asked(consent, by)
    events.announce(ConsentPresented(consent.pk, consent.patient_id, consent.organization_id, consent.kind, by))
    return consent


@verb
def ask_of_plan(
    plan_id: UUID,
    version_id: UUID,
    *,
    language: str = "",
    has_interpreter: bool = False,
    guardianship: str = "",
    by: Actor,
) -> Consent:
    """Ask for consent to what is planned in one step: prepared from a form that fits, and put before the patient."""
    plan = plans.plan(plan_id, seen_by=by)
    wish = Wish(version_id, plan.branch_id, language, has_interpreter, guardianship, plan.pk)
    return present(prepare(plan.patient_id, wish, by=by).pk, by=by)


@verb
def ask_of_session(
    session_id: UUID, version_id: UUID, *, language: str = "", has_interpreter: bool = False, by: Actor
) -> Consent:
    """Ask for consent to one session in one step: prepared from a form that fits, and put before the patient."""
    session = plans.session(session_id, seen_by=by)
    wish = Wish(
        version_id, session.plan.branch_id, language, has_interpreter, plan_id=session.plan_id, session_id=session.pk
    )
    return present(prepare(session.patient_id, wish, by=by).pk, by=by)


@verb
def change_language(pk: UUID, language: str, *, by: Actor) -> Consent:
    """Show the same version in another language; possible until somebody has signed."""
    by.must(SIGN, do="change the language of a consent")
    consent = queries.consent(pk, seen_by=by, lock=True)
    if consent.status not in (Status.DRAFT, Status.PRESENTED):
        raise IllegalMove(
            f"The language stays: the consent is {consent.get_status_display().lower()}.", status_is=consent.status
        )
    if consent.status == Status.DRAFT:
        consent.language = _text(consent.version, language, own="", by=by).language
        consent.save(update_fields=["language"])
        return consent
    text = _text(consent.version, language, own="", by=by)
    if text.pk == consent.text_id:
        return consent  # it is read in this language already
    words = _frozen(consent, consent.version, text, by=by)
    for name, value in words.items():
        setattr(consent, name, value)
    replaced = NotReady("These words were replaced by a new version meanwhile. Give this one up and prepare it again.")
    with refusing({"consents_consent_published": replaced}):
        consent.save(update_fields=list(words))
    audit.note(by, audit.Kind.CHANGE, consent, facts={"language": text.language})
    return consent


@verb
def open_to_sign(pk: UUID, *, by: Actor) -> Consent:
    """The words are before whoever signs: the first time is kept, every time is in the log."""
    by.must(SIGN, do="open a consent to sign it")
    consent = queries.consent(pk, seen_by=by, lock=True)
    audit.read(by, consent, purpose="consent, to sign")
    if consent.status in OPEN and consent.opened_at is None:
        consent.opened_at = clock.now()
        consent.save(update_fields=["opened_at"])
    return consent


@verb
def read(pk: UUID, *, purpose: str, by: Actor) -> Consent:
    """Open a consent; who read it, and why, is written down."""
    found = queries.consent(pk, seen_by=by)
    audit.read(by, found, purpose=purpose)
    return found


def _frozen(consent: Consent, version: Version, text: Text, *, by: Actor) -> dict[str, Any]:
    patient = consent.patient
    names = {
        "patient": patient.name,
        "number": patient.mrn,
        "clinic": people.organization(seen_by=by).name,
        **names_of_plan(consent),
        **session_named(consent),
    }
    covered = covered_by(consent)
    content = rules.content_of(text, version=version.number, number=consent.number, names=names, covered=covered)
    if consent.guardianship:
        content["guardianship"] = consent.guardianship
    sections, _ticks = rules.read(content["body"])
    in_parts = consent.plan is not None
    return {
        "version": version,
        "text": text,
        "language": text.language,
        "parts": len(sections) if in_parts else 0,
        "initialled": [at for at, one in enumerate(sections, 1) if one.initials] if in_parts else [],
        "content": content,
        "content_sha256": rules.fingerprint(content),
    }


def _text(version: Version, language: str, *, own: str, by: Actor) -> Text:
    """The text in the wished language; without a wish in the patient's own, in English, or in what there is."""
    texts = queries.texts_in_use(version.pk, seen_by=by)
    if language:
        if language not in texts:
            there = ", ".join(rules.LANGUAGES.get(one, one) for one in texts)
            raise Invalid(f"There is no text in this language. There is: {there}.", field="language")
        return texts[language]
    return next(texts[one] for one in (own, "en", *texts) if one in texts)


def _born(patient: Any) -> date:
    born: date | None = patient.born
    if born is None:
        raise NotReady("Record the date of birth first: from it follows whether the patient or a guardian signs.")
    return born


def _serial(branch_id: UUID, today: date) -> int:
    return next_number("consent", branch_id=branch_id, period=str(today.year))
