"""Reads of orders and results, each limited to what the actor may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet

from kalon.kernel.actors import Actor, Kind
from kalon.kernel.errors import NotFound
from kalon.orders import rules
from kalon.orders.lifecycles import REVIEW, VIEW, Status
from kalon.orders.models import Order, OrderedTest, Result, Review
from kalon.web.navigation import MayAct

TO_REVIEW = Q(status=Status.RESULTED) | Q(status=Status.REVIEWED, answered_at__gt=F("reviewed_at"))


@dataclass(frozen=True, slots=True)
class Line:
    """A test of an order with what counts now, and what it took the place of."""

    test: OrderedTest
    result: Result | None
    before: Sequence[Result]

    @property
    def expected(self) -> Result | OrderedTest:
        """Whose `low` and `high` count: what the value was compared with, or what waits for one."""
        return self.result or self.test


def orders(*, seen_by: Actor) -> "QuerySet[Order]":
    """The orders of the actor's organisation, newest first; patients read theirs by `own`."""
    seen_by.must(VIEW, do="see orders and results")
    rows = Order.objects.filter(organization_id=seen_by.organization_id)
    if seen_by.kind is Kind.PATIENT:
        return rows.none()
    return rows.select_related("patient", "branch").order_by("-created_at", "-id")


def own(*, seen_by: Actor) -> "QuerySet[Order]":
    """What was asked for of the patient who looks, newest first, with what a doctor has looked at of it.

    The database holds back the results of an order in which anything waits for a look.
    """
    seen_by.must(VIEW, do="see your results")
    rows = Order.objects.filter(organization_id=seen_by.organization_id, patient_id__person=seen_by.own_patient_id)
    results = Result.objects.select_related("patient", "document__patient").order_by("created_at", "id")
    return (
        rows.exclude(status=Status.CANCELLED)
        .select_related("patient", "branch")
        .prefetch_related(Prefetch("tests", OrderedTest.objects.order_by("position")), Prefetch("results", results))
        .order_by("-created_at", "-id")
    )


def summary_lines(of: Any, seen_by: Actor) -> list[str]:
    """What was asked for in a visit, for the summary that the patient takes home."""
    if not seen_by.may(VIEW):
        return []
    rows = own(seen_by=seen_by) if seen_by.is_patient else with_lines(orders(seen_by=seen_by))
    asked = rows.filter(consultation_id=of.pk).exclude(status=Status.CANCELLED).order_by("created_at", "id")
    return [f"{one.get_kind_display()}: {', '.join(test.name for test in one.tests.all())}" for one in asked]


def orders_of(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[Order]":
    """A patient's orders, newest first."""
    return orders(seen_by=seen_by).filter(patient_id__person=patient_id)


def order(pk: UUID, *, seen_by: Actor, locked: bool = False) -> Order:
    """One order, or a refusal that says nothing of whether it exists."""
    rows = orders(seen_by=seen_by).filter(pk=pk)
    found = (rows.select_for_update(of=("self",)) if locked else rows).first()
    if found is None:
        raise NotFound("There is no such order.")
    return found


def with_lines(rows: "QuerySet[Order]") -> "QuerySet[Order]":
    """Orders with their tests, results and reviews read at once, however many there are."""
    results = Result.objects.select_related("patient", "document__patient").order_by("created_at", "id")
    return rows.prefetch_related(
        Prefetch("tests", OrderedTest.objects.order_by("position")),
        Prefetch("results", results),
        Prefetch("reviews", Review.objects.select_related("patient").order_by("created_at", "id")),
    )


def lines(of: Order) -> list[Line]:
    """The tests of an order in their places, each with the value that counts."""
    results = list(of.results.all())
    replaced = {one.replaces_id for one in results if one.replaces_id}
    by_test: dict[UUID, list[Result]] = {}
    for one in results:
        if one.test_id:
            by_test.setdefault(one.test_id, []).append(one)
    made = []
    for test in of.tests.all():
        every = by_test.get(test.pk, [])
        now = next((one for one in every if one.pk not in replaced), None)
        made.append(Line(test, now, [one for one in every if one is not now]))
    return made


def files(of: Order) -> list[Result]:
    """The reports that came with an order."""
    return [one for one in of.results.all() if one.document_id and one.document and one.document.deleted_at is None]


def to_review(*, seen_by: Actor) -> "QuerySet[Order]":
    """Orders with something that nobody has looked at: urgent ones first, then the oldest."""
    return orders(seen_by=seen_by).filter(TO_REVIEW).order_by("-urgency", "answered_at", "id")


def under_way(*, seen_by: Actor) -> "QuerySet[Order]":
    """Orders that wait to be collected or answered, the oldest first."""
    waiting = orders(seen_by=seen_by).filter(status__in=[Status.ORDERED, Status.COLLECTED])
    return waiting.order_by("-urgency", "created_at", "id")


def to_review_count(by: MayAct) -> int | None:
    """How many orders wait for a look; None for none, and for who does not review."""
    if not isinstance(by, Actor) or not by.may(REVIEW) or by.kind is Kind.PATIENT:
        return None
    return to_review(seen_by=by).count() or None


def latest_values(patient_id: UUID, codes: Iterable[str], *, seen_by: Actor) -> dict[str, Result]:
    """The newest value of each of these tests (by code), for whoever decides on one: a clearance, a dose.

    Newest is what was taken last, not what was typed last: a correction of an old value stays an old value.
    """
    orders(seen_by=seen_by)
    rows = Result.objects.filter(patient_id__person=patient_id, test__code__in=list(codes), replaced_by=None)
    newest: dict[str, Result] = {}
    for row in rows.select_related("test", "patient").order_by("order__collected_at", "created_at", "id"):
        assert row.test is not None
        newest[row.test.code] = row
    return newest


def known_tests() -> tuple[rules.Known, ...]:
    """The tests that are known, with units, ranges and their sources."""
    return rules.KNOWN
