"""Reading what is offered: services, packages, kinds of visit, policies and taxes."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from kalon.catalog import rules
from kalon.catalog.models import AppointmentType, CancellationPolicy, Package, Service, TaxRate, TaxScheme
from kalon.catalog.rules.schemes import DELIVERED, delivered
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.audit import AuditEvent
from kalon.kernel.errors import Invalid, NotFound, NotReady
from kalon.kernel.lookup import one
from kalon.people import queries as people

M = TypeVar("M", bound=Model)
Preview = Callable[[TaxScheme, Decimal, Actor], list[tuple[str, str]]]

_previews: list[Preview] = []


def services(
    *, seen_by: Actor, bookable_by_patient: bool = False, active_only: bool = True, text: str = ""
) -> "QuerySet[Service]":
    """What is on offer, by name; `bookable_by_patient`: what may be booked online."""
    rows = mine(Service, seen_by).select_related("appointment_type").prefetch_related("needs").order_by("name", "id")
    if active_only:
        rows = rows.filter(is_active=True)
    if bookable_by_patient:
        rows = rows.filter(is_self_bookable=True)
    return rows.filter(Q(name__icontains=text) | Q(code__istartswith=text)) if text else rows


def service(pk: UUID | str, *, seen_by: Actor) -> Service:
    """One service, on offer or not."""
    rows = mine(Service, seen_by).select_related("appointment_type", "cancellation_policy").prefetch_related("needs")
    return found_one(rows, pk, "service")


def packages(*, seen_by: Actor, active_only: bool = True) -> "QuerySet[Package]":
    """Packages by name, with what they hold."""
    rows = mine(Package, seen_by).select_related("appointment_type").prefetch_related("items__service", "needs")
    rows = rows.order_by("name", "id")
    return rows.filter(is_active=True) if active_only else rows


def package(pk: UUID | str, *, seen_by: Actor) -> Package:
    """One package, with what it holds."""
    rows = mine(Package, seen_by).select_related("appointment_type", "cancellation_policy")
    return found_one(rows.prefetch_related("items__service", "needs"), pk, "package")


def requirements(
    *, service_id: UUID | None = None, package_id: UUID | None = None, seen_by: Actor
) -> rules.Requirements:
    """All that a visit for a service, or of a package, takes; in two statements, for patients too."""
    if (service_id is None) == (package_id is None):
        raise Invalid("Ask for what a service needs, or for what a package needs.", field="service_id")
    found: Service | Package = (
        found_one(mine(Service, seen_by).prefetch_related("needs"), service_id, "service")
        if service_id
        else found_one(mine(Package, seen_by).prefetch_related("needs"), package_id, "package")
    )
    return needed_for(found)


def needed_for(found: Service | Package) -> rules.Requirements:
    """All that a visit for what was read with its needs takes; no statement more."""
    needs = list(found.needs.all())
    return rules.Requirements(
        minutes=found.minutes,
        needs_doctor=found.needs_doctor,
        room_kind=found.room_kind or None,
        room_features=tuple(found.room_features),
        staff=tuple((need.staff_kind, need.count) for need in needs if need.staff_kind),
        equipment=tuple((need.equipment_kind, need.count) for need in needs if need.equipment_kind),
        preparation_minutes=found.preparation_minutes,
        cleaning_minutes=found.cleaning_minutes,
        special_needs=tuple(found.special_needs),
        note=found.needs_note,
    )


def cancellation_policies(*, seen_by: Actor, active_only: bool = True) -> "QuerySet[CancellationPolicy]":
    """The clinic's rules for cancelling late and for not coming, by name."""
    rows = mine(CancellationPolicy, seen_by)
    return rows.filter(is_active=True) if active_only else rows


def policy(pk: UUID | str, *, seen_by: Actor) -> CancellationPolicy:
    """One cancellation policy, in use or not."""
    return found_one(mine(CancellationPolicy, seen_by), pk, "cancellation policy")


def cancellation_policy(
    *, service_id: UUID | None = None, package_id: UUID | None = None, kind: str = "", seen_by: Actor
) -> CancellationPolicy | None:
    """The policy a visit is under: of its package, else of its service, else of its kind of visit (a code).

    None when the clinic asks for nothing; in one statement. A policy out of use counts as none.
    """
    of = "cancellation_policy_id"
    attached = Coalesce(
        Subquery(mine(Package, seen_by).filter(Q(pk=package_id)).values(of)[:1]),
        Subquery(mine(Service, seen_by).filter(Q(pk=service_id)).values(of)[:1]),
        Subquery(mine(AppointmentType, seen_by).filter(code=kind).values(of)[:1]),
    )
    return one(cancellation_policies(seen_by=seen_by).filter(pk=attached))


def appointment_types(*, seen_by: Actor, active_only: bool = True) -> "QuerySet[AppointmentType]":
    """The kinds of visit, in the order in which they are shown."""
    rows = mine(AppointmentType, seen_by)
    return rows.filter(is_active=True) if active_only else rows


def appointment_type(pk: UUID | str, *, seen_by: Actor) -> AppointmentType:
    """One kind of visit."""
    return found_one(mine(AppointmentType, seen_by), pk, "appointment type")


def tax_rates(*, seen_by: Actor) -> "QuerySet[TaxRate]":
    """Every rate with the days on which it holds, the latest of each code first."""
    return mine(TaxRate, seen_by)


def tax_rate(code: str, on_date: date, *, seen_by: Actor) -> Decimal:
    """The per cent of a tax on a day. NotReady when the clinic has none for that day."""
    rows = tax_rates(seen_by=seen_by).filter(_holding(on_date), code=code)
    percent: Decimal | None = rows.values_list("percent", flat=True).first()
    if percent is None:
        raise NotReady(
            f"No tax rate {code} holds on {on_date:%-d %B %Y}. The owner adds one under Catalogue, Tax rates."
        )
    return percent


def tax_rates_on(on_date: date, *, seen_by: Actor) -> dict[str, TaxRate]:
    """The rate of each code that holds on a day."""
    return {rate.code: rate for rate in tax_rates(seen_by=seen_by).filter(_holding(on_date))}


def tax_schemes(*, seen_by: Actor) -> "QuerySet[TaxScheme]":
    """Every tax scheme with the days on which it holds, the latest first."""
    return mine(TaxScheme, seen_by)


def tax_scheme(on_date: date, *, country: str, seen_by: Actor) -> TaxScheme:
    """How sales are taxed on a day: by the clinic's own scheme, else by the one delivered for its country."""
    held = one(tax_schemes(seen_by=seen_by).filter(_holding(on_date)))
    return held or TaxScheme(**delivered(country, on_date))


def tax_scheme_of_own(pk: UUID | str, *, seen_by: Actor) -> TaxScheme:
    """One scheme that the clinic put into use."""
    return found_one(tax_schemes(seen_by=seen_by), pk, "tax scheme")


def tax_rate_row(pk: UUID | str, *, seen_by: Actor) -> TaxRate:
    """One rate with the days on which it holds."""
    return found_one(tax_rates(seen_by=seen_by), pk, "tax rate")


def delivered_schemes() -> list[tuple[str, TaxScheme]]:
    """The schemes that come with Kalon: each with its country's code, by country and by the day it begins."""
    return [(country, TaxScheme(**facts)) for country in sorted(DELIVERED) for facts in DELIVERED[country]]


def add_tax_preview(draw: Preview) -> None:
    """Whoever makes bills says what they will carry: for each kind of sale its name and a sentence."""
    if draw not in _previews:
        _previews.append(draw)


def tax_preview(scheme: TaxScheme, *, seen_by: Actor) -> list[tuple[str, str]]:
    """What bills of each kind carry under a scheme, with the highest rate that holds on its first day or today."""
    zone = people.organization(seen_by=seen_by).timezone
    held = tax_rates_on(max(scheme.valid_from, clock.today(zone)), seen_by=seen_by)
    rate = max((row.percent for row in held.values()), default=Decimal(0))
    return [line for draw in _previews for line in draw(scheme, rate, seen_by)]


def price_with_tax(service: Service, on_date: date, *, seen_by: Actor) -> rules.Price:
    """What a service costs on a day, with its tax."""
    rate = tax_rate(service.tax_code, on_date, seen_by=seen_by) if service.tax_code else Decimal(0)
    return rules.with_tax(service.price, rate)


def changes(subject: Any, *, seen_by: Actor) -> "QuerySet[AuditEvent]":
    """Who changed a price or anything else of it, when, from what to what: the latest first."""
    seen_by.must("catalog.manage", do="read the catalogue's history")
    kept = AuditEvent.objects.filter(subject_table=subject._meta.db_table, subject_id=subject.pk, kind="CHANGE")
    return kept.order_by("-id")


def _holding(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def mine(model: type[M], seen_by: Actor) -> "QuerySet[M]":
    return model._default_manager.filter(organization_id=seen_by.organization_id)


def found_one(rows: "QuerySet[M]", pk: UUID | str | None, noun: str) -> M:
    found = one(rows.filter(pk=pk))
    if found is None:
        raise NotFound(f"There is no such {noun}. It may belong to another clinic.")
    return found
