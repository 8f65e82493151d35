"""Registering oneself: a visitor gives their details, a code proves the address, then the record is made.

Whoever stands in front of the public pages learns nothing about who is known here: an address that already has
an account is answered exactly like a new one, only its owner is told. Until the code was given nothing exists
but one encrypted row, which disappears in meaning (its key is destroyed) when it is confirmed or expires.
"""

import secrets
from dataclasses import asdict
from datetime import timedelta
from hmac import compare_digest
from typing import Any
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Sum

from kalon.kernel import actors, clock, crypto
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid, Throttled
from kalon.kernel.events import announce
from kalon.kernel.lookup import one
from kalon.kernel.tenancy import acting_as, verb
from kalon.patients import queries
from kalon.patients.actions.attempts import count_attempt, one_at_a_time
from kalon.patients.actions.writing import new_patient, noted_change
from kalon.patients.events import PatientRegistered, RegistrationForExistingAccount, RegistrationStarted
from kalon.patients.lifecycles import REGISTRATION, RegistrationStatus
from kalon.patients.models import Patient, PatientAccess, Registration, Relation
from kalon.patients.models.access import MOST_SENDS
from kalon.patients.rules import (
    AllergyAnswer,
    AllergyDetails,
    CoverageDetails,
    GuardianDetails,
    HistoryDetails,
    PatientDetails,
)
from kalon.people import actions as people_actions
from kalon.people import queries as people

LIFETIME = timedelta(minutes=30)
BETWEEN_SENDS = timedelta(seconds=60)
FROM_ONE_PLACE, TO_ONE_ADDRESS = 30, 6  # registrations and codes within an hour
EMAIL, SMS = "EMAIL", "SMS"

WRONG = "This code is not right. Look at the newest message, or ask for a new code."
FINISHED = "This registration is finished or has expired. Sign in, or register again."


@verb
def start_registration(details: PatientDetails, password: str = "", *, by: Actor) -> Registration:
    """Keep what a visitor typed until the code that is sent to them comes back.

    The code goes by e-mail if there is an address, else by SMS; for a child, to the guardian. The same answer is
    given whether or not the address has an account.
    """
    with _as_system(by) as us:
        here = people.organization(seen_by=us)
        details = details.checked(region=here.country, today=clock.today(here.timezone))
        _check_password(password)
        channel, recipient = _address(details)
        told: dict[str, Any] = {"payload": {"details": asdict(details), "password": password}}
        row = Registration(
            organization_id=here.pk,
            channel=channel,
            address_hash=crypto.keyed_hash("registration-address", here.pk, recipient).hex(),
            opens=not _has_account(channel, recipient),
            sent_at=clock.now(),
            expires_at=clock.now() + LIFETIME,
            origin_ip=by.origin_ip,
            **told,
        )
        _throttle(row)
        code = _new_code(row)
        REGISTRATION.born(row, name="start")
        _send(row, code, recipient, details)
        return row


@verb
def resend_code(registration_id: UUID, *, by: Actor) -> Registration:
    """Send a new code to the same address; the earlier one no longer opens anything."""
    with _as_system(by):
        row = _pending(registration_id)
        wait = row.sent_at + BETWEEN_SENDS - clock.now()
        if wait > timedelta(0):
            seconds = int(wait.total_seconds()) + 1
            raise Throttled(f"A code was just sent. You can ask again in {seconds} seconds.", retry_after=seconds)
        if row.sends >= MOST_SENDS:
            raise Throttled("No more codes can be sent for this registration. Start again, or call the clinic.")
        _throttle(row)
        details = _told(row)
        code = _new_code(row)
        row.sends, row.attempts, row.sent_at, row.expires_at = row.sends + 1, 0, clock.now(), clock.now() + LIFETIME
        row.save(update_fields=["code_hash", "sends", "attempts", "sent_at", "expires_at"])
        _send(row, code, _address(details)[1], details)
        return row


@verb
def confirm_registration(registration_id: UUID, code: str, *, by: Actor) -> Patient:
    """Open the account and the record of whoever can read the address: patient, sign-in and access in one step.

    A code may be tried five times; every try counts, also those whose request is refused.
    """
    with _as_system(by) as us:
        count_attempt(registration_id, by=us)
        row = _pending(registration_id)
        proven = compare_digest(_code_hash(row, code.strip()), row.code_hash)
        if not (proven and row.opens):
            raise Invalid(WRONG, field="code")
        return _open(row, by=us)


@verb
def expire_registrations(*, by: Actor) -> int:
    """Destroy what visitors typed and never confirmed; returns how many registrations expired."""
    rows = Registration.objects.filter(status=RegistrationStatus.PENDING, expires_at__lte=clock.now())
    expired = list(rows.select_for_update(skip_locked=True)[:500])
    for row in expired:
        REGISTRATION.move(row, "expire", by=by, payload=None, data_key=None)
    return len(expired)


def _open(row: Registration, *, by: Actor) -> Patient:
    details, password = _told(row), str(_typed(row)["password"])
    doubles = queries.possible_duplicates(details, seen_by=by)
    patient = new_patient(details, by=by, duplicate_of=doubles[0].patient if doubles else None)
    guardian = details.guardian
    channel, recipient = _address(details)
    user = people_actions.create_patient_user(
        email=recipient if channel == EMAIL else None,
        phone=recipient if channel == SMS else None,
        password=password or None,
        name=guardian.name if guardian else details.name,
        by=by,
    )
    relation = Relation.GUARDIAN if guardian else Relation.SELF
    access = PatientAccess(organization_id=row.organization_id, patient=patient, user=user, relation=relation)
    access.called = patient.given_name
    access.save(force_insert=True)
    REGISTRATION.move(row, "confirm", by=by, payload=None, data_key=None, patient=patient)
    noted_change(patient, "registered themselves", by=by, relation=relation)
    announce(PatientRegistered(patient_id=patient.pk, organization_id=row.organization_id, by=by, user_id=user.pk))
    return patient


def _as_system(by: Actor) -> Any:
    us = actors.system("self-registration", by.organization_id)
    return acting_as(us.from_origin(by.origin_ip, by.request_id))


def _pending(registration_id: UUID) -> Registration:
    row = one(Registration.objects.select_for_update().filter(pk=registration_id))
    if row is None or row.status != RegistrationStatus.PENDING or row.expires_at <= clock.now():
        raise IllegalMove(FINISHED)
    return row


def _address(details: PatientDetails) -> tuple[str, str]:
    holder = details.guardian or details
    return (EMAIL, holder.email) if holder.email else (SMS, holder.phone)


def _has_account(channel: str, recipient: str) -> bool:
    return people.account_exists(email=recipient if channel == EMAIL else "", phone=recipient if channel == SMS else "")


def _check_password(password: str) -> None:
    if not password:
        return  # they will sign in with one-time codes
    try:
        validate_password(password)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from None


def _new_code(row: Registration) -> str:
    """A fresh code; one that nobody is told where the address already has an account."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    row.code_hash = _code_hash(row, code if row.opens else crypto.random_token())
    return code


def _code_hash(row: Registration, code: str) -> str:
    return crypto.hash_token(f"{row.pk}:{code}", purpose="registration")


def _send(row: Registration, code: str, recipient: str, details: PatientDetails) -> None:
    where: dict[str, Any] = {"registration_id": row.pk, "organization_id": row.organization_id, "channel": row.channel}
    to: dict[str, Any] = {"recipient": recipient, "language": details.language, "send_number": row.sends}
    if not row.opens:
        announce(RegistrationForExistingAccount(**where, **to))
        return
    name = details.guardian.name if details.guardian else details.given_name
    announce(RegistrationStarted(**where, **to, code=code, expires_at=row.expires_at, name=name))


def _throttle(row: Registration) -> None:
    """Refuse a flood of registrations from one place, and the seventh code to one address, within an hour."""
    one_at_a_time(row.origin_ip or "", row.address_hash)
    recent = Registration.objects.filter(created_at__gt=clock.now() - timedelta(hours=1)).exclude(pk=row.pk)
    from_here = recent.filter(origin_ip=row.origin_ip).count() if row.origin_ip else 0
    to_there = recent.filter(address_hash=row.address_hash).aggregate(sent=Sum("sends"))["sent"] or 0
    if from_here >= FROM_ONE_PLACE or to_there + row.sends > TO_ONE_ADDRESS:
        raise Throttled("Too many registrations in a short time. Wait an hour, or call the clinic.", retry_after=3600)


def _typed(row: Registration) -> dict[str, Any]:
    """Everything the visitor typed, while it is still kept."""
    if row.payload is None:
        raise Invalid(WRONG, field="code")
    return dict(row.payload)


def _told(row: Registration) -> PatientDetails:
    """The details as they were sealed, checked again on the way out."""
    told: dict[str, Any] = dict(_typed(row)["details"])
    if told["guardian"]:
        told["guardian"] = GuardianDetails(**told["guardian"])
    if told["coverage"]:
        told["coverage"] = CoverageDetails(**told["coverage"])
    if told["allergies"]:
        found = tuple(AllergyDetails(**one) for one in told["allergies"]["allergies"])
        told["allergies"] = AllergyAnswer(state=told["allergies"]["state"], allergies=found)
    told["history"] = tuple(HistoryDetails(**item) for item in told["history"])
    # Numbers are in international form by now, so no region is needed to read them again.
    return PatientDetails(**told).checked(region="ZZ", today=clock.now().date() + timedelta(days=1))
