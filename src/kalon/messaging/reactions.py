"""What lower contexts announce and messaging carries to people."""

from datetime import timedelta

from kalon.kernel import actors, clock
from kalon.kernel.events import on
from kalon.kernel.ids import uuid7
from kalon.messaging.actions import send, take_over_refusals
from kalon.patients import queries as patients
from kalon.patients.events import (
    PatientRegistered,
    RecordsJoined,
    RegistrationForExistingAccount,
    RegistrationStarted,
)
from kalon.people.events import SignInCodeRequested

CODE_LIVES = timedelta(minutes=10)  # the words are destroyed after it, used or not
PURPOSES = {"sign-in": "sign-in-code", "password-reset": "password-reset-code"}
NAME = "messaging"


def listen() -> None:
    """Hear what people and patients announce."""
    on(SignInCodeRequested, carry_sign_in_code)
    on(RegistrationStarted, carry_registration_code)
    on(RegistrationForExistingAccount, tell_account_exists)
    on(PatientRegistered, welcome)
    on(RecordsJoined, keep_refusals)


def carry_sign_in_code(fact: SignInCodeRequested) -> None:
    """The one-time code goes to the address it was asked for."""
    send(
        PURPOSES.get(fact.purpose, "sign-in-code"),
        recipient=fact.destination,
        channel=fact.channel,
        data={"code": fact.code, "minutes": 5 if fact.purpose == "sign-in" else 10},
        once=f"{fact.purpose}-code {fact.user_id} {uuid7()}",
        secret_until=clock.now() + CODE_LIVES,
        by=actors.system(NAME, fact.organization_id),
    )


def carry_registration_code(fact: RegistrationStarted) -> None:
    """The code that confirms a registration goes to the address that was typed."""
    send(
        "registration-code",
        recipient=fact.recipient,
        channel=fact.channel,
        language=fact.language,
        data={"name": fact.name, "code": fact.code, "minutes": _minutes_left(fact)},
        once=f"registration-code {fact.registration_id} {fact.send_number}",
        secret_until=fact.expires_at,
        by=actors.system(NAME, fact.organization_id),
    )


def tell_account_exists(fact: RegistrationForExistingAccount) -> None:
    """Whoever owns the address learns that they have an account; the visitor learns nothing."""
    send(
        "account-exists",
        recipient=fact.recipient,
        channel=fact.channel,
        language=fact.language,
        data={},
        once=f"account-exists {fact.registration_id} {fact.send_number}",
        by=actors.system(NAME, fact.organization_id),
    )


def welcome(fact: PatientRegistered) -> None:
    """A new patient gets their number."""
    patient = patients.patient(fact.patient_id, seen_by=fact.by)
    send(
        "registration-welcome",
        to_patient=patient,
        data={"mrn": patient.mrn},
        once=f"registration-welcome {patient.pk}",
        by=fact.by,
    )


def keep_refusals(fact: RecordsJoined) -> None:
    """Who wrote STOP under either record is not written to under the one that was kept."""
    take_over_refusals(fact.survivor_id, fact.absorbed_id, by=actors.system(NAME, fact.organization_id))


def _minutes_left(fact: RegistrationStarted) -> int:
    return max(1, round((fact.expires_at - clock.now()).total_seconds() / 60))
