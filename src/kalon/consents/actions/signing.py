"""Signing: one signature after another under the same words; the last one seals it."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from kalon.consents import queries, rules
from kalon.consents.actions.coding import count_try, proven
from kalon.consents.actions.of_session import REFUSED as OF_SESSION
from kalon.consents.actions.paper import paper_later
from kalon.consents.actions.planned import NOT_APPROVED, agreed
from kalon.consents.events import ConsentEnded, ConsentSigned
from kalon.consents.lifecycles import CONSENT, SIGN, Status
from kalon.consents.models import Consent, Signature, SigningCode
from kalon.consents.rules import Role, Signing
from kalon.kernel import clock, events
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotPermitted, NotReady, Stale
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.plans.lifecycles import APPROVE

THEMSELVES = (Role.PATIENT, Role.GUARDIAN)


@verb
def sign(pk: UUID, signing: Signing, *, by: Actor) -> Consent:
    """Put one signature under a consent that is open; with the last one it asks for it is sealed and holds.

    A patient (or guardian) signs on their own pages; on a device of the clinic everybody signs under the account that
    is signed in there, and a member of staff signs for themselves only. `signing.words` is the fingerprint of what was
    on the screen: Stale when the words were changed meanwhile.
    """
    by.must(SIGN, do="sign consents")
    if signing.code and signing.role in THEMSELVES:
        count_try(pk, by=by)
    consent = queries.consent(pk, seen_by=by, lock=True)
    _is_asked(consent, signing)
    signing = _in_whose_name(consent, signing, by)
    _is_somebody_else(consent, signing)
    _surgeon_is_not_patient(consent, signing, by)
    signing = rules.checked(signing, ticks=len(queries.shown(consent).ticks))
    _write(consent, signing, by, proven(consent, signing.code, by=by) if signing.code else None)
    if CONSENT.obstacles(CONSENT["sign"], consent):
        if consent.status == Status.PRESENTED:
            CONSENT.move(consent, "sign_part", by=by)
        return queries.consent(pk, seen_by=by)
    _complete(consent, by)
    return queries.consent(pk, seen_by=by)


def _is_asked(consent: Consent, signing: Signing) -> None:
    if not consent.is_open:
        raise IllegalMove(
            f"Nothing is signed now: the consent is {consent.get_status_display().lower()}.", status_is=consent.status
        )
    if consent.opened_at is None:
        raise NotReady("Open the consent and read it first; then sign.")
    if signing.words != consent.content_sha256:
        raise Stale("The words changed while they were on this screen. Read them again, then sign.")
    if signing.role not in consent.signers:
        raise Invalid("This consent does not ask for that signature.", field="role")
    have = {one.role: one for one in consent.signatures.all()}
    if signing.role in have:
        raise Clash(f"{Role(signing.role).label} has signed already.")
    if any(one.answered_at is None for one in consent.questions.all()):
        raise NotReady("What was asked is answered first; then it is signed.")
    if signing.role in THEMSELVES and queries.reading(consent).now:
        raise NotReady("Read every part first, one after the other; then sign.")
    if signing.role not in THEMSELVES and not have.keys() & set(map(str, THEMSELVES)):
        raise NotReady("The patient (or guardian) signs first.")


def _is_somebody_else(consent: Consent, signing: Signing) -> None:
    """Who stands beside the patient is neither the patient nor somebody who signed in another role."""
    names = {_plain(one.name) for one in consent.signatures.all()} | {_plain(consent.patient.name)}
    beside = signing.role not in THEMSELVES
    if beside and _plain(signing.name) in names:
        raise Invalid("This has to be somebody else than those who signed already.", field="name")


def _surgeon_is_not_patient(consent: Consent, signing: Signing, by: Actor) -> None:
    """The doctor who countersigns never took the patient's signature under the same account."""
    other = THEMSELVES if signing.role == Role.SURGEON else (Role.SURGEON,)
    if signing.role not in (*THEMSELVES, Role.SURGEON) or Role.SURGEON not in consent.signers:
        return
    if any(one.role in other and one.user_id == by.user_id for one in consent.signatures.all()):
        raise NotPermitted(
            "The patient signed under this account. Whoever countersigns uses another: the patient signs on their own "
            "pages, or on a tablet that somebody else handed over."
        )
    if signing.role in THEMSELVES and consent.plan is not None and people.staff_of(by) == consent.plan.doctor:
        raise NotPermitted(
            "You countersign this consent, so the patient does not sign under your account. Let them sign on their own "
            "pages, or have a colleague hand a tablet over."
        )


def _in_whose_name(consent: Consent, signing: Signing, by: Actor) -> Signing:
    """Who may sign in this role from this account, and under which name."""
    if by.is_patient:
        theirs = patients.joining.records_of(consent.patient_id)
        mine = next((one for one in patients.people_i_act_for(by) if one.patient_id in theirs), None)
        own = {"SELF": Role.PATIENT, "GUARDIAN": Role.GUARDIAN}.get(mine.relation if mine else "SELF")
        if signing.role != own:
            asked = ", ".join(Role(role).label.lower() for role in consent.signers)
            raise NotPermitted(f"From this account you cannot sign here. It is signed by: {asked}.")
    if signing.role in (Role.STAFF, Role.SURGEON):
        member = people.staff_of(by)
        if member is None:
            raise NotPermitted("A member of staff signs under their own account. Sign in as yourself.")
        if signing.role == Role.SURGEON and not by.may(APPROVE):
            raise NotPermitted("A doctor or surgeon countersigns here, signed in as themselves.")
        return _named(signing, ", ".join(part for part in (member.name, member.title) if part))
    if signing.role == Role.PATIENT and (signing.strokes or signing.code or signing.spoken):
        return _named(signing, consent.patient.name)
    return signing


def _named(signing: Signing, name: str) -> Signing:
    return replace(signing, name=name)


def _write(consent: Consent, signing: Signing, by: Actor, code: SigningCode | None = None) -> None:
    made = Signature(
        organization_id=consent.organization_id,
        patient=consent.patient,
        consent=consent,
        role=signing.role,
        method=signing.method,
        name=signing.name,
        relation=signing.relation,
        strokes=signing.strokes,
        code=code,
        spoken_id=signing.spoken,
        channel=code.channel if code else "",
        sent_to=code.sent_to if code else None,
        content_sha256=consent.content_sha256,
        signed_at=clock.now(),
        user_id=by.user_id,
        account=by.name,
        place="On the patient's own pages" if by.is_patient else f"At the clinic, {consent.branch.name}",
        origin_ip=by.origin_ip,
        device=by.origin_device,
    )
    twice = Clash(f"{Role(signing.role).label} has signed already.")
    with refusing({"consents_signature_once": twice}):
        made.save(force_insert=True)


def _complete(consent: Consent, by: Actor) -> None:
    now = clock.now()
    signatures = list(Signature.objects.filter(consent=consent).select_related("patient"))
    seal = queries.seal_of(consent, signatures)
    _take_the_place(consent, now, by)
    with refusing({**NOT_APPROVED, **OF_SESSION}):
        CONSENT.move(
            consent,
            "sign",
            by=by,
            signed_at=now,
            seal_sha256=seal,
            valid_until=rules.months_later(now, consent.version.valid_months),
        )
    agreed(consent, by)
    paper_later(consent)
    events.announce(ConsentSigned(consent.pk, consent.patient_id, consent.organization_id, consent.kind, by))


def _take_the_place(consent: Consent, now: datetime, by: Actor) -> None:
    """The consent of this kind that held until now ends in the moment the new one begins; of a plan there is one."""
    if consent.plan_id is not None:
        return
    rows = queries.of_patient(consent.patient_id, seen_by=by).filter(kind=consent.kind, status=Status.SIGNED)
    for older in rows.select_for_update(of=("self",)):
        reason = f"Signed anew as {consent.number}"
        CONSENT.move(older, "revoke", by=by, reason=reason, revoked_at=now, revoked_by=by.name)
        paper_later(older)
        events.announce(ConsentEnded(older.pk, older.patient_id, older.organization_id, older.kind, by))


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
