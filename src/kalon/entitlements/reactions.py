"""What entitlements do when a visit is billed or over, and when a bill is paid or cancelled."""

from datetime import date
from typing import Any
from uuid import UUID

from kalon.billing import queries as billing
from kalon.billing.actions import LineDetails
from kalon.billing.events import BillCancelled, BillFinalized, BillPaid, MoneyPutOnBill
from kalon.billing.lifecycles import BILL
from kalon.catalog import queries as catalog
from kalon.entitlements import queries, tasks
from kalon.entitlements.actions.ending import close_cancelled
from kalon.entitlements.actions.memberships import start_memberships
from kalon.entitlements.actions.selling import SALE, activate_paid, sale_line
from kalon.entitlements.actions.vouchers import activate_vouchers, close_cancelled_vouchers
from kalon.entitlements.lifecycles import VIEW, MembershipStatus, VoucherStatus
from kalon.entitlements.models import GiftVoucher, Membership, PackageHolding
from kalon.kernel import actors, events, outbox, tenancy
from kalon.kernel.actors import Actor
from kalon.kernel.ids import uuid7
from kalon.kernel.money import ZERO
from kalon.pricing import queries as pricing
from kalon.scheduling import events as scheduling_events
from kalon.scheduling.queries import Price, prices


def register() -> None:
    """Listen to billing and scheduling, and say what was bought before."""
    billing.add_bought(session_of_package)
    billing.add_bought(package_of_visit)
    prices.add(nothing_to_pay)
    BILL.also_requires("void", nothing_was_used)
    BILL.also_requires("void", nothing_was_redeemed)
    BILL.also_requires("write_off", no_voucher_waits)
    BILL.also_requires("void", no_membership_stands)
    BILL.also_requires("write_off", no_membership_waits)
    events.on(BillFinalized, hand_over)
    events.on(MoneyPutOnBill, activate)
    events.on(BillPaid, activate)
    events.on(BillCancelled, close)
    events.on(scheduling_events.AppointmentCompleted, use)


def session_of_package(visit: Any, source: str, by: Actor) -> LineDetails | None:
    """A visit for a service that the patient has a session for costs nothing: it was paid with the package.

    What a patient books for themselves against a package is billed when it is over, and not in their unit of work.
    """
    acting = tenancy.current()
    if not visit.service_id or (acting is not None and acting.is_patient):
        return None
    if used := queries.live_use(source, seen_by=by):
        words = f"{used.holding.name}, a session was used"
        return LineDetails(service_id=visit.service_id, unit_price=ZERO, note=words, source=source)
    found = queries.covering(visit.patient_id, visit.service_id, visit.local_start.date(), but=visit.pk, seen_by=by)
    if found is None:
        return None
    return LineDetails(service_id=visit.service_id, unit_price=ZERO, note=found.words, source=source)


def nothing_to_pay(offered: Any, branch_id: UUID, patient_id: UUID | None, on: date, by: Actor) -> Price | None:
    """What a patient is shown of a visit that they have a session for: it costs nothing."""
    if patient_id is None or hasattr(offered, "valid_days") or not by.may(VIEW):
        return None
    found = queries.covering(patient_id, offered.pk, on, seen_by=by)
    return Price(ZERO, ZERO, ZERO, covered_by=found.words) if found else None


def package_of_visit(visit: Any, source: str, by: Actor) -> LineDetails | None:
    """A visit that was booked as a package sells it."""
    if not visit.package_id:
        return None
    package = catalog.package(visit.package_id, seen_by=by)
    shown = pricing.shown_price(visit.pk, seen_by=by)
    agreed = shown.priced(package) if shown else None
    return sale_line(
        package, uuid7(), patient_id=visit.patient_id, branch_id=visit.branch_id, agreed=agreed, by=by
    )  # fmt: skip


def nothing_was_used(bill: Any) -> str | None:
    """Why a bill cannot be cancelled: a package that it sold was used, or has ended."""
    for row in PackageHolding.objects.filter(bill_line__bill_id=bill.pk).order_by("id"):
        if row.used or row.moved or row.forfeited or row.refunded or row.kept:
            return f"“{row.name}” on it was used or has ended. Take the package back on its own page instead."
    return None


def nothing_was_redeemed(bill: Any) -> str | None:
    """Why a bill cannot be cancelled: something of a voucher that it sold was redeemed, or the voucher has ended."""
    for row in GiftVoucher.objects.filter(bill_line__bill_id=bill.pk).order_by("id"):
        if row.left != row.value:
            return "A gift voucher on it was redeemed or has ended. Take what is left back on its own page instead."
    return None


def no_voucher_waits(bill: Any) -> str | None:
    """Why a bill cannot be written off: it sold a voucher that nobody can use before it is paid."""
    if GiftVoucher.objects.filter(bill_line__bill_id=bill.pk, status=VoucherStatus.PENDING).exists():
        return "A gift voucher on it is not paid. Take the voucher back on its own page instead."
    return None


def no_membership_stands(bill: Any) -> str | None:
    """Why a bill cannot be cancelled: it sold a membership, which is ended on its own page."""
    rows = Membership.objects.filter(bill_line__bill_id=bill.pk).exclude(status=MembershipStatus.ENDED)
    return "A membership stands on it. End the membership on its own page instead." if rows.exists() else None


def no_membership_waits(bill: Any) -> str | None:
    """Why a bill cannot be written off: it sold a membership that never began."""
    rows = Membership.objects.filter(bill_line__bill_id=bill.pk, status=MembershipStatus.PENDING)
    return "A membership on it is not paid. End the membership on its own page instead." if rows.exists() else None


def hand_over(fact: BillFinalized) -> None:
    """A package booked as a visit becomes the patient's.

    Through the outbox: a patient who books may not write it down, the system may.
    """
    by = actors.system("entitlements", fact.organization_id)
    if fact.appointment_id is None:
        return
    if billing.lines_of(fact.bill_id, seen_by=by).filter(source__startswith=SALE).exists():
        outbox.defer(tasks.hand_over, organization_id=fact.organization_id, bill_id=fact.bill_id)
    else:
        outbox.defer(tasks.settle_visit, organization_id=fact.organization_id, appointment_id=fact.appointment_id)


def activate(fact: MoneyPutOnBill | BillPaid) -> None:
    """Money came: what it paid for may be used. Through the outbox where the patient pays by themselves."""
    acting = tenancy.current()
    if acting is not None and acting.is_patient:
        outbox.defer(tasks.activate_paid, organization_id=fact.organization_id, bill_id=fact.bill_id)
    else:
        by = actors.system("entitlements", fact.organization_id)
        activate_paid(fact.bill_id, by=by)
        activate_vouchers(fact.bill_id, by=by)
        start_memberships(fact.bill_id, by=by)


def close(fact: BillCancelled) -> None:
    """The sale was cancelled before anything was used."""
    by = actors.system("entitlements", fact.organization_id)
    close_cancelled(fact.bill_id, fact.credit_note_id, by=by)
    close_cancelled_vouchers(fact.bill_id, fact.credit_note_id, by=by)


def use(fact: scheduling_events.AppointmentFact) -> None:
    """The visit is over: the session that stands on its bill is used.

    Through the outbox: whoever ends a visit need not be allowed to use packages.
    """
    outbox.defer(tasks.settle_visit, organization_id=fact.organization_id, appointment_id=fact.appointment_id)
