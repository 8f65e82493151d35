"""JSON of orders and results: each path makes one call to a verb or a query."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.orders import actions, queries
from kalon.orders.actions import Answered, Wish
from kalon.orders.models import Order
from kalon.web.fronts import actor_of

router = Router(tags=["orders"])


class OrderIn(Schema):
    """kind: LAB or IMAGING; codes as in `/api/orders/tests`; urgency: ROUTINE or URGENT."""

    consultation_id: UUID
    kind: str = "LAB"
    codes: list[str] = []
    others: list[str] = []
    question: str = ""
    laboratory: str = ""
    urgency: str = "ROUTINE"

    def wish(self) -> Wish:
        return Wish(**self.dict(exclude={"consultation_id"}))


class ResultIn(Schema):
    """`value` without its unit, as on the report; `low` and `high` where the laboratory gives its own range."""

    test_id: UUID
    value: str
    low: str = ""
    high: str = ""

    def answered(self) -> Answered:
        return Answered(**self.dict(include={"test_id", "value", "low", "high"}))


class ResultsIn(Schema):
    values: list[ResultIn] = []
    document_id: UUID | None = None


class ResultCorrectionIn(ResultIn):
    reason: str


class ReviewIn(Schema):
    note: str = ""


class OrderReasonIn(Schema):
    reason: str


class KnownOut(Schema):
    code: str
    name: str
    group: str
    kind: str
    answer: str
    unit: str
    source: str = Field(description="Of the adult range that goes with it; review before clinical use")


class ResultOut(Schema):
    id: UUID
    value: str
    flag: str = Field(description="NORMAL, LOW, HIGH, ABNORMAL, or NONE: compared with nothing")
    low: Decimal | None
    high: Decimal | None
    entered_by: str
    created_at: datetime
    replaces_id: UUID | None
    reason: str


class TestOut(Schema):
    id: UUID
    code: str
    name: str
    unit: str
    answer: str
    low: Decimal | None
    high: Decimal | None
    source: str
    result: ResultOut | None
    before: list[ResultOut] = Field(description="Values that were corrected")


class OrderOut(Schema):
    id: UUID
    patient_id: UUID
    consultation_id: UUID
    kind: str
    urgency: str
    status: str
    question: str
    laboratory: str
    ordered_by: str
    created_at: datetime
    collected_at: datetime | None
    answered_at: datetime | None
    reviewed_at: datetime | None
    reviewed_by: str
    waits_for_review: bool
    tests: list[TestOut]
    document_ids: list[UUID]
    notes: list[str] = Field(description="Of every review, the oldest first")


@router.get("/tests", response=list[KnownOut], summary="The tests that are known, with units and sources")
def tests(request: HttpRequest) -> Any:
    actor_of(request).must("orders.view", do="see orders")
    return queries.known_tests()


@router.get("", response=Page[OrderOut], summary="Orders, newest first; of a patient, or those that wait for a look")
def list_orders(request: HttpRequest, patient_id: UUID | None = None, to_review: bool = False) -> Any:
    by = actor_of(request)
    rows = queries.to_review(seen_by=by) if to_review else queries.orders(seen_by=by)
    if patient_id:
        rows = rows.filter(patient_id__person=patient_id)
    return paged(request, queries.with_lines(rows), shown, seen=lambda found: audit.reads(by, found, purpose="orders"))


@router.post("", response={201: OrderOut}, summary="Order examinations from a consultation")
def order(request: HttpRequest, body: OrderIn) -> Any:
    made = actions.order(body.consultation_id, body.wish(), by=actor_of(request))
    return 201, _again(request, made.pk)


@router.get("/{uuid:pk}", response=OrderOut, summary="One order with its results")
def show(request: HttpRequest, pk: UUID) -> Any:
    return _again(request, pk)


@router.post("/{uuid:pk}/collect", response=OrderOut, summary="The sample was taken")
def collect(request: HttpRequest, pk: UUID) -> Any:
    return _again(request, actions.collect(pk, by=actor_of(request)).pk)


@router.post("/{uuid:pk}/results", response=OrderOut, summary="Write down what came back")
def results(request: HttpRequest, pk: UUID, body: ResultsIn) -> Any:
    values = [one.answered() for one in body.values]
    return _again(request, actions.write_results(pk, values, body.document_id, by=actor_of(request)).pk)


@router.post("/{uuid:pk}/results/{uuid:result_id}/correct", response=OrderOut, summary="Put a value right")
def correct(request: HttpRequest, pk: UUID, result_id: UUID, body: ResultCorrectionIn) -> Any:
    actions.correct_result(pk, result_id, body.answered(), body.reason, by=actor_of(request))
    return _again(request, pk)


@router.post("/{uuid:pk}/review", response=OrderOut, summary="The results were looked at")
def review(request: HttpRequest, pk: UUID, body: ReviewIn) -> Any:
    return _again(request, actions.review(pk, body.note, by=actor_of(request)).pk)


@router.post("/{uuid:pk}/cancel", response=OrderOut, summary="The order is not carried out")
def cancel(request: HttpRequest, pk: UUID, body: OrderReasonIn) -> Any:
    return _again(request, actions.cancel(pk, body.reason, by=actor_of(request)).pk)


def _again(request: HttpRequest, pk: UUID) -> OrderOut:
    return shown(actions.read(pk, purpose="opened the order", by=actor_of(request)))


def shown(found: Order) -> OrderOut:
    lines = [
        {**_facts(line.test, TestOut), "result": _result(line.result), "before": [_result(one) for one in line.before]}
        for line in queries.lines(found)
    ]
    return OrderOut(
        **_facts(found, OrderOut),
        tests=lines,  # type: ignore[arg-type]  # read by the schema
        document_ids=[one.document_id for one in queries.files(found) if one.document_id],
        notes=[str(one.note) for one in found.reviews.all()],
    )


def _result(one: Any) -> dict[str, Any] | None:
    return _facts(one, ResultOut) if one is not None else None


def _facts(row: Any, schema: type[Schema]) -> dict[str, Any]:
    made = ("tests", "document_ids", "notes", "result", "before")
    return {name: getattr(row, name) for name in schema.model_fields if name not in made}
