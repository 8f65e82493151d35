"""Signing by a one-time code: sent to the patient's or guardian's own address, kept as a keyed hash, few tries."""

import secrets
from datetime import timedelta
from hmac import compare_digest
from uuid import UUID

from django.db.models import F

from kalon.consents import queries, rules
from kalon.consents.lifecycles import SIGN
from kalon.consents.models import Consent, SigningCode
from kalon.consents.rules import Role
from kalon.kernel import audit, clock, crypto
from kalon.kernel.actors import Actor, system
from kalon.kernel.apart import apart
from kalon.kernel.errors import IllegalMove, Invalid, NotReady, Throttled
from kalon.kernel.ids import uuid7
from kalon.kernel.tenancy import acting_as, verb
from kalon.messaging import actions as messaging
from kalon.patients import queries as patients

CODE = "consent-code"
NO_ADDRESS = NotReady(
    "No e-mail address or phone number is on record, so no code can be sent. Sign in the field, or type the name."
)
WRONG = Invalid("This code is not right. Look at the newest message, or ask for a new code.", field="code")
SPENT = Throttled("Too many wrong codes. Ask for a new one, then type it from the newest message.")
OVER = Invalid("This code has expired. Ask for a new one.", field="code")


@verb
def send_code(pk: UUID, *, by: Actor) -> SigningCode:
    """Send a one-time code to whoever signs first, patient or guardian; an earlier one opens nothing any more.

    It goes to the address on record, never to one that is typed on the screen.
    """
    by.must(SIGN, do="sign consents")
    consent = queries.consent(pk, seen_by=by, lock=True)
    role = _whose_turn(consent)
    _not_too_often(consent)
    now, pk = clock.now(), uuid7()
    code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}d}"
    to, channel = _address(consent, role, by)
    message = messaging.send(
        CODE,
        to_patient=None if to else consent.patient,
        recipient=to,
        channel=channel,
        language=consent.language,
        data={"code": code, "number": consent.number, "minutes": round(rules.CODE_LIVES / timedelta(minutes=1))},
        once=f"{CODE} {pk}",
        secret_until=now + rules.CODE_LIVES,
        about_id=consent.pk,
        by=by,
    )
    if message is None:
        raise NO_ADDRESS
    made = SigningCode(
        id=pk,
        organization_id=consent.organization_id,
        patient=consent.patient,
        consent=consent,
        content_sha256=consent.content_sha256,
        channel=message.channel,
        sent_to=rules.masked(message.channel, str(message.recipient)),
        code_hash=_hash(pk, code),
        sent_at=now,
        expires_at=now + rules.CODE_LIVES,
        user_id=by.user_id,
    )
    made.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, consent, facts={"code": message.channel})
    return made


def count_try(consent_id: UUID, *, by: Actor) -> None:
    """Count a try of the newest code before it is looked at, whatever becomes of the request."""

    def count() -> bool:
        with acting_as(by):
            return _counted(consent_id)

    # A code that was sent in this very unit of work no other connection sees: it is counted here.
    counted = apart(count) or _counted(consent_id)
    newest = SigningCode.objects.filter(consent_id=consent_id).values_list("proven_at").first()
    if not counted and newest is not None and newest[0] is None:
        raise SPENT


def proven(consent: Consent, code: str, *, by: Actor) -> SigningCode:
    """The code that was typed back, used up by that; for the verb that signs."""
    newest = consent.codes.select_for_update(of=("self",)).select_related("patient").first()
    if newest is None or newest.content_sha256 != consent.content_sha256 or newest.user_id != by.user_id:
        raise WRONG
    if newest.proven_at is not None or newest.expires_at <= clock.now():
        raise OVER
    if not compare_digest(newest.code_hash, _hash(newest.pk, code.strip())):
        raise WRONG
    newest.proven_at = clock.now()
    newest.save(update_fields=["proven_at"])
    return newest


def _whose_turn(consent: Consent) -> str:
    """Patient or guardian, who have read to the end and have not signed."""
    shown = queries.shown(consent)
    if consent.opened_at is None or shown.next_role not in (Role.PATIENT, Role.GUARDIAN):
        raise IllegalMove("No code is sent now: it is not the patient's or guardian's turn.", status_is=consent.status)
    if queries.reading(consent).now:
        raise NotReady("Read every part first, one after the other; then sign.")
    return shown.next_role


def _not_too_often(consent: Consent) -> None:
    now = clock.now()
    sent = list(consent.codes.filter(sent_at__gt=now - timedelta(hours=1)).values_list("sent_at", flat=True))
    if sent and (wait := max(sent) + rules.BETWEEN_CODES - now) > timedelta(0):
        seconds = int(wait.total_seconds()) + 1
        raise Throttled(f"A code was just sent. You can ask again in {seconds} seconds.", retry_after=seconds)
    if len(sent) >= rules.MOST_CODES:
        raise Throttled("No more codes are sent for now. Sign in the field, or type the name.", retry_after=3600)


def _address(consent: Consent, role: str, by: Actor) -> tuple[str, str | None]:
    """Where a guardian's code goes, and how; of a patient (and of a child without one) the ways that they wished."""
    if role != Role.GUARDIAN:
        return "", None
    rows = patients.contacts(consent.patient_id, seen_by=system("consents", by.organization_id))
    for one in rows:
        if one.is_guardian and (one.email or one.phone):
            return (str(one.email), "EMAIL") if one.email else (str(one.phone), "SMS")
    if consent.guardianship:  # an adult's own address says nothing of who is their guardian
        raise NO_ADDRESS
    return "", None


def _hash(pk: UUID, code: str) -> str:
    return crypto.hash_token(f"{pk}:{code}", purpose="consent")


def _counted(consent_id: UUID) -> bool:
    newest = SigningCode.objects.filter(consent_id=consent_id).order_by("-sent_at", "-id").values("pk")[:1]
    rows = SigningCode.objects.filter(pk__in=newest, proven_at=None, tries__lt=rules.MOST_TRIES)
    return rows.update(tries=F("tries") + 1) == 1
