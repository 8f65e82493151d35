"""What happens to packages by itself: they become the patient's, are used at visits, and expire."""

from uuid import UUID

from kalon.entitlements import queries
from kalon.entitlements.actions import ending, memberships, selling, using, vouchers
from kalon.kernel import outbox
from kalon.kernel.actors import system
from kalon.kernel.tenancy import acting_as


@outbox.job(name="entitlements.hand_over", attempts=5)
def hand_over(*, organization_id: UUID, bill_id: UUID) -> None:
    """A package that was booked as a visit is written down for the patient."""
    selling.hand_over(bill_id, by=system("entitlements", organization_id))


@outbox.job(name="entitlements.activate_paid", attempts=5)
def activate_paid(*, organization_id: UUID, bill_id: UUID) -> None:
    """What was paid for may be used."""
    by = system("entitlements", organization_id)
    selling.activate_paid(bill_id, by=by)
    vouchers.activate_vouchers(bill_id, by=by)
    memberships.start_memberships(bill_id, by=by)


@outbox.job(name="entitlements.settle_visit", attempts=5)
def settle_visit(*, organization_id: UUID, appointment_id: UUID) -> None:
    """The session that stands on the bill of a visit that took place is used."""
    using.settle_visit(appointment_id, by=system("entitlements", organization_id))


@outbox.every(cron="20 2 * * *", name="entitlements.expire")
def expire(*, organization_id: UUID) -> None:
    """Each night what nobody may use any more ends, and who can still use something hears of it once."""
    outbox.defer(end_and_warn, organization_id=organization_id)


@outbox.job(name="entitlements.end_and_warn", attempts=5, in_steps=True)
def end_and_warn(*, organization_id: UUID) -> None:
    """One at a time, each in a unit of work of its own; killed at any point, it goes on where it stood."""
    by = system("the clinic's clock", organization_id)
    with acting_as(by):
        over, soon = queries.ended_or_ending(seen_by=by)
        worthless, vouchers_near = queries.vouchers_over(seen_by=by)
        months = queries.memberships_due(seen_by=by)
        terms_near = queries.memberships_ending(seen_by=by)
    for pk in over:
        ending.expire_package(pk, by=by)
    for pk in months:
        memberships.earn_months(pk, by=by)
    for pk in worthless:
        vouchers.expire_voucher(pk, by=by)
    for pk in soon:
        ending.warn(pk, by=by)
    for pk in vouchers_near:
        vouchers.warn_buyer(pk, by=by)
    for pk in terms_near:
        memberships.warn_member(pk, by=by)
