"""What reports group by: where it stands on a posting, and how it is called."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.db.models.expressions import Combinable
from django.urls import reverse

from kalon.catalog import queries as catalog
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.ledger.lifecycles import Account
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.plans import queries as plans
from kalon.plans.lifecycles import PlanType


@dataclass(frozen=True, slots=True)
class Name:
    """How a row of a report is called, where its own page is, and a word more."""

    text: str
    url: str = ""
    note: str = ""


Names = dict[Any, Name]


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a report groups by: `of` gives its column, `names` says how its values are called."""

    label: str
    none: str  # how a row without it is called
    of: Callable[[Actor], Combinable]
    names: Callable[[Sequence[Any], Actor], Names]


def _column(name: str) -> Callable[[Actor], Combinable]:
    return lambda _by: F(name)


def _plan_type(by: Actor) -> Combinable:
    plan = plans.plans(seen_by=by).order_by().select_related(None).filter(pk=OuterRef("plan_id"))
    return Subquery(plan.values("plan_type")[:1])


def _plan_types(_keys: Sequence[Any], _by: Actor) -> Names:
    return {kind.value: Name(str(kind.label)) for kind in PlanType}


def _doctors(keys: Sequence[Any], by: Actor) -> Names:
    found = people.staff_list(seen_by=by, also_left=True).prefetch_related(None).filter(pk__in=keys)
    return {one.pk: Name(one.name, note=one.specialty) for one in found}


def _services(keys: Sequence[Any], by: Actor) -> Names:
    found = catalog.services(seen_by=by, active_only=False).prefetch_related(None).filter(pk__in=keys)
    return {one.pk: Name(one.name, note=one.code) for one in found}


def _branches(keys: Sequence[Any], by: Actor) -> Names:
    return {one.pk: Name(one.name) for one in people.branches(seen_by=by, also_closed=True).filter(pk__in=keys)}


def _patients(keys: Sequence[Any], by: Actor) -> Names:
    found = list(patients.patients(seen_by=by).filter(pk__in=keys))
    audit.reads(by, found, purpose="report")
    return {one.pk: _patient(one) for one in found}


def _patient(one: Any) -> Name:
    whole = f"{one.given_name} {one.family_name}".strip()
    return Name(whole, reverse("patients:page", args=[one.pk]), one.mrn)


DIMENSIONS = {
    "doctor": Dimension("Doctor", "No doctor named", _column("doctor_id"), _doctors),
    "service": Dimension("Service", "Not of the catalogue", _column("service_id"), _services),
    "plan_type": Dimension("Kind of plan", "Without a plan", _plan_type, _plan_types),
    "branch": Dimension("Branch", "No branch", _column("branch_id"), _branches),
    "patient": Dimension("Patient", "No patient", _column("patient_id"), _patients),
    "account": Dimension(
        "Account", "", _column("account"), lambda _keys, _by: {one.value: Name(one.label) for one in Account}
    ),
    "day": Dimension("Day", "", _column("date"), lambda keys, _by: {day: Name(f"{day:%a %-d %b %Y}") for day in keys}),
}
