"""Consents to what is planned, as far as patients have come: asked, read, signed, withdrawn; all invented."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kalon.config.seed.clinic import Place
from kalon.config.seed.consents import written
from kalon.config.seed.quotes import ONCE, own_visit, planned
from kalon.consents import actions, queries
from kalon.consents.actions import Role, Signing
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.people.queries import staff_of
from kalon.plans import queries as plans

STEPS = ("signed", "signed", "revoked", "half", "asked", "void", "presented")


def consent(place: Place, meera: Any, today: date, zone: ZoneInfo) -> None:
    """The plans that ask for consent get one, each as far as it goes; one waits on the phone of the demonstration."""
    system = place.system
    with acting_as(system):
        rows = plans.plans(seen_by=system).filter(status="APPROVED", consent="REQUIRED").exclude(patient=meera)
        waiting = list(rows.order_by("id")[: len(STEPS)])
    for turn, (plan, step) in enumerate(zip(waiting, STEPS, strict=False)):
        if plan.patient.born is None:
            continue
        with clock.at(datetime.combine(today - timedelta(days=1), time(11 + turn % 5, 20), zone)):
            _as_far_as(place, plan, step)
    encounter = own_visit(place, meera)
    if encounter is not None:
        with clock.at(datetime.combine(today - timedelta(days=1), time(17, 5), zone)):
            _asked(place, planned(place, encounter, "LASER-PIGMENT", **{**ONCE, "consent": "REQUIRED"}))


def _as_far_as(place: Place, plan: Any, step: str) -> None:
    nurse = place.by["nurse"]
    asked = _asked(place, plan)
    if step in ("presented", "void"):
        if step == "void":
            actions.void(asked.pk, "Wants to think about it", by=nurse)
        return
    _read(place, asked)
    if step == "asked":
        actions.ask_about(asked.pk, 3, "How long should I stay out of the sun?", by=nurse)
        return
    role = Role(asked.signers[0])
    relation, name = (
        ("mother", "Leela " + plan.patient.family_name) if role == Role.GUARDIAN else ("", plan.patient.name)
    )
    actions.sign(asked.pk, Signing(role, name, written(name), relation, 9, asked.content_sha256), by=nurse)
    if step == "half":
        return
    done = actions.sign(asked.pk, Signing(Role.SURGEON, "", None, "", 0, asked.content_sha256), by=_doctor(place))
    if step == "revoked":
        actions.revoke(done.pk, "Decided to wait until next year", by=nurse)


def _asked(place: Place, plan: Any) -> Any:
    nurse = place.by["nurse"]
    with acting_as(nurse):
        form = queries.forms_for(plan, seen_by=nurse)[0]
    made = actions.ask_of_plan(plan.pk, form.pk, language="en", by=nurse)
    return actions.open_to_sign(made.pk, by=nurse)


def _read(place: Place, asked: Any) -> None:
    nurse, begun = place.by["nurse"], clock.now()
    initials = "".join(word[0] for word in asked.patient.name.split())
    for number in range(1, asked.parts + 1):
        with clock.at(begun + timedelta(seconds=40 * number)):
            actions.show_part(asked.pk, number, by=nurse)
        with clock.at(begun + timedelta(seconds=40 * number + 19 + 3 * number)):
            actions.read_part(asked.pk, number, words=asked.content_sha256, initials=initials, by=nurse)


def _doctor(place: Place) -> Any:
    return next(place.by[name] for name in ("surgeon", "doctor") if staff_of(place.by[name]) is not None)
