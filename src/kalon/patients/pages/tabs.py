"""The tabs and cards that this context itself gives to the patient page."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from kalon.kernel import audit, clock
from kalon.patients import queries
from kalon.patients.lifecycles import ALLERGIES, CORRECT
from kalon.patients.models import AllergyState, Patient
from kalon.patients.rules import is_minor
from kalon.web.fronts import actor_of

NOT_RECORDED = "Not recorded"
MOST_NAMED = 20


def details(request: HttpRequest, patient: Patient) -> str:
    """Who the patient is, and their policies."""
    by = actor_of(request)
    joined = [merge.absorbed.mrn for merge in queries.joining.joined_into(patient.pk, seen_by=by)]
    context = {
        "patient": patient,
        "person": [*person(patient), *([("Joined records", ", ".join(joined))] if joined else [])],
        "coverages": queries.coverages(patient.pk, seen_by=by),
        "may_correct": by.may(CORRECT),
    }
    return render_to_string("patients/_details.html", context, request)


def family(request: HttpRequest, patient: Patient) -> str:
    """Guardians and other people near the patient, whose contact they are, and the account of their pages."""
    by = actor_of(request)
    named_by = list(queries.named_by(patient.pk, seen_by=by)[:MOST_NAMED])
    audit.reads(by, [row.patient for row in named_by], purpose="family of another patient")
    context = {
        "patient": patient,
        "contacts": queries.contacts(patient.pk, seen_by=by),
        "named_by": named_by,
        "account": queries.account_of(patient.pk, seen_by=by),
        "is_minor": is_minor(patient.born, clock.now().date()),
        "may_correct": by.may(CORRECT),
    }
    return render_to_string("patients/_family.html", context, request)


def access(request: HttpRequest, patient: Patient) -> str:
    """Who read or changed the record."""
    log = queries.access_log(patient.pk, seen_by=actor_of(request), limit=100)
    return render_to_string("patients/_access.html", {"patient": patient, "log": log}, request)


def ask_about_allergies(request: HttpRequest, patient: Patient) -> str | None:
    """What to do first with somebody whom nobody has asked yet."""
    if patient.allergy_state != AllergyState.NOT_RECORDED or not actor_of(request).may(ALLERGIES):
        return None
    return render_to_string("patients/_ask_first.html", {"patient": patient}, request)


def person(patient: Patient) -> list[tuple[str, str]]:
    """Who somebody is, as label and value."""
    address = ", ".join(str(text) for text in patient.postal_address.values())
    number = patient.abha_number
    abha = f"{number[:2]}-{number[2:6]}-{number[6:10]}-{number[10:]}" if number else ""
    facts = [
        ("Name", patient.name),
        ("Gender", patient.get_gender_display()),
        ("Phone", patient.readable_phone),
        ("E-mail", patient.email),
        ("Address", address),
        ("Language", patient.get_language_display()),
        ("ABHA number", abha),
        ("ABHA address", patient.abha_address),
        ("Found us through", patient.referral_source),
    ]
    return [(label, value or NOT_RECORDED) for label, value in facts]
