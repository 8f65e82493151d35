"""JSON of prices: fee schedules, discounts, groups, rules, approvals, points, and what something costs."""

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Schema

from kalon.api import Page, Router, paged
from kalon.catalog import queries as catalog
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.patients import queries as patients
from kalon.pricing import actions, queries
from kalon.pricing.actions import DiscountDetails
from kalon.pricing.api.schemas import (
    ApprovalOut,
    DiscountIn,
    DiscountOut,
    DiscountRulesChange,
    DiscountRulesOut,
    EndIn,
    FeeScheduleIn,
    FeeScheduleOut,
    GroupIn,
    GroupOut,
    LimitIn,
    LimitOut,
    MemberIn,
    MemberOut,
    NoteIn,
    PointsOut,
    PricedOut,
    PriceIn,
    PriceOut,
    ProcedurePriceIn,
    ReasonIn,
    StepOut,
)
from kalon.pricing.lifecycles import APPROVE, CHARGE, MANAGE

router = Router(tags=["prices"])
Quantity = Annotated[Decimal, Query(gt=0, le=100_000, decimal_places=3)]
SHOWN = 50


@router.get("/price", response=PricedOut, summary="What a service or package costs a patient today")
def price(
    request: HttpRequest,
    branch_id: UUID,
    service_id: UUID | None = None,
    package_id: UUID | None = None,
    patient_id: UUID | None = None,
    quantity: Quantity = Decimal(1),
    payer: Annotated[str, Query(max_length=200)] = "",
    coupon: Annotated[str, Query(max_length=40)] = "",
) -> Any:
    by = _staff(request, CHARGE, "ask for prices")
    if patient_id:
        audit.read(by, patients.patient(patient_id, seen_by=by), purpose="price")
    priced = queries.price_of(
        service_id=service_id, package_id=package_id, branch_id=branch_id, patient_id=patient_id, quantity=quantity,
        payer=payer.replace("\x00", ""), asked=queries.Asked(coupon=coupon.replace("\x00", "")), seen_by=by,
    )  # fmt: skip
    facts = {name: getattr(priced, name) for name in PricedOut.model_fields if name != "steps"}
    return PricedOut(**facts, steps=[StepOut(**step) for step in priced.as_json()])


@router.get("/schedules", response=Page[FeeScheduleOut], summary="Fee schedules")
def list_schedules(request: HttpRequest) -> Any:
    by = _staff(request, MANAGE, "see fee schedules")
    return paged(request, queries.schedules(seen_by=by), _out(FeeScheduleOut), by="id")


@router.post("/schedules", response={201: FeeScheduleOut}, summary="A fee schedule from a day on")
def add_schedule(request: HttpRequest, body: FeeScheduleIn) -> Any:
    return 201, _out(FeeScheduleOut)(actions.add_schedule(**body.dict(), by=_by(request)))


@router.patch("/schedules/{uuid:schedule_id}", response=FeeScheduleOut, summary="End a fee schedule")
def end_schedule(request: HttpRequest, schedule_id: UUID, body: EndIn) -> Any:
    return _out(FeeScheduleOut)(actions.end_schedule(schedule_id, body.valid_to, by=_by(request)))


@router.get("/schedules/{uuid:schedule_id}/prices", response=Page[PriceOut], summary="The prices of a schedule")
def list_prices(request: HttpRequest, schedule_id: UUID) -> Any:
    by = _staff(request, MANAGE, "see fee schedules")
    queries.schedule(schedule_id, seen_by=by)
    return paged(request, queries.items(schedule_id, seen_by=by), _out(PriceOut), by="id")


@router.post("/schedules/{uuid:schedule_id}/prices", response={201: PriceOut}, summary="A price from a day on")
def add_price(request: HttpRequest, schedule_id: UUID, body: PriceIn) -> Any:
    return 201, _out(PriceOut)(actions.add_price(schedule_id, **body.dict(), by=_by(request)))


@router.get("/procedures/{uuid:procedure_id}", response=Page[PriceOut], summary="What a procedure costs by schedule")
def list_procedure_prices(request: HttpRequest, procedure_id: UUID) -> Any:
    by = _staff(request, MANAGE, "see fee schedules")
    rows = queries.items_of_procedure(catalog.procedure(procedure_id, seen_by=by), seen_by=by)
    return paged(request, rows, _out(PriceOut), by="id")


@router.post("/procedures/{uuid:procedure_id}", response={201: PriceOut}, summary="A price of a procedure")
def add_procedure_price(request: HttpRequest, procedure_id: UUID, body: ProcedurePriceIn) -> Any:
    return 201, _out(PriceOut)(actions.add_procedure_price(procedure_id, **body.dict(), by=_by(request)))


@router.patch("/prices/{uuid:price_id}", response=PriceOut, summary="End a price")
def end_price(request: HttpRequest, price_id: UUID, body: EndIn) -> Any:
    return _out(PriceOut)(actions.end_price(price_id, body.valid_to, by=_by(request)))


@router.get("/groups", response=Page[GroupOut], summary="Groups of patients who pay less")
def list_groups(request: HttpRequest) -> Any:
    by = _staff(request, CHARGE, "see groups")
    return paged(request, queries.groups(seen_by=by, active_only=False), _out(GroupOut), by="id")


@router.post("/groups", response={201: GroupOut}, summary="A new group")
def add_group(request: HttpRequest, body: GroupIn) -> Any:
    return 201, _out(GroupOut)(actions.add_group(**body.dict(), by=_by(request)))


@router.post("/patients/{uuid:patient_id}/groups", response={201: MemberOut}, summary="Put a patient into a group")
def add_member(request: HttpRequest, patient_id: UUID, body: MemberIn) -> Any:
    return 201, _out(MemberOut)(actions.add_member(patient_id=patient_id, **body.dict(), by=_by(request)))


@router.patch("/members/{uuid:member_id}", response=MemberOut, summary="A patient leaves a group")
def end_member(request: HttpRequest, member_id: UUID, body: EndIn) -> Any:
    return _out(MemberOut)(actions.end_member(member_id, body.valid_to, by=_by(request)))


@router.get("/patients/{uuid:patient_id}/points", response=PointsOut, summary="A patient's loyalty points")
def points(request: HttpRequest, patient_id: UUID) -> Any:
    by = _staff(request, CHARGE, "see points")
    audit.read(by, patients.patient(patient_id, seen_by=by), purpose="points")
    entries = [
        {"kind": entry.kind, "points": entry.points, "words": entry.words, "expires_on": entry.expires_on}
        for entry in queries.points_of(patient_id, seen_by=by)[:SHOWN]
    ]
    return PointsOut(balance=queries.points_balance(patient_id, seen_by=by), entries=entries)


@router.get("/discounts", response=Page[DiscountOut], summary="Discounts and campaigns")
def list_discounts(request: HttpRequest) -> Any:
    by = _staff(request, CHARGE, "see discounts")
    return paged(request, queries.discounts(seen_by=by), _out(DiscountOut), by="id")


@router.post("/discounts", response={201: DiscountOut}, summary="A discount from a day on")
def add_discount(request: HttpRequest, body: DiscountIn) -> Any:
    facts = body.dict()
    services, packages = facts.pop("service_ids"), facts.pop("package_ids")
    made = actions.add_discount(DiscountDetails(**facts), services, packages, by=_by(request))
    return 201, _out(DiscountOut)(made)


@router.patch("/discounts/{uuid:discount_id}", response=DiscountOut, summary="End a discount")
def end_discount(request: HttpRequest, discount_id: UUID, body: EndIn) -> Any:
    return _out(DiscountOut)(actions.end_discount(discount_id, body.valid_to, by=_by(request)))


@router.get("/rules", response=DiscountRulesOut, summary="How discounts combine")
def read_policy(request: HttpRequest) -> Any:
    return _out(DiscountRulesOut)(queries.policy(seen_by=_staff(request, MANAGE, "see the rules of discounts")))


@router.patch("/rules", response=DiscountRulesOut, summary="Change how discounts combine")
def change_policy(request: HttpRequest, body: DiscountRulesChange) -> Any:
    sent = {name: value for name, value in body.dict(exclude_unset=True).items() if value is not None}
    return _out(DiscountRulesOut)(actions.set_policy(sent, by=_by(request)))


@router.get("/limits", response=list[LimitOut], summary="Who may give how much by hand")
def read_limits(request: HttpRequest) -> Any:
    return _limits(_staff(request, MANAGE, "see who may give discounts"))


@router.put("/limits", response=list[LimitOut], summary="Change who may give how much by hand")
def change_limits(request: HttpRequest, body: list[LimitIn]) -> Any:
    actions.set_limits({one.role_id: one.percent for one in body}, by=_by(request))
    return _limits(_by(request))


def _limits(by: Actor) -> list[LimitOut]:
    rows = queries.limits(seen_by=by)
    return [LimitOut(role_id=row.role_id, role=row.role.name, percent=row.percent) for row in rows]


@router.get("/approvals", response=Page[ApprovalOut], summary="Discounts that were asked for")
def list_approvals(request: HttpRequest) -> Any:
    by = _staff(request, APPROVE, "see discounts that were asked for")
    return paged(request, queries.approvals(seen_by=by), approval_out, by="id")


@router.post("/approvals/{uuid:approval_id}/approve", response=ApprovalOut, summary="Approve a discount")
def approve(request: HttpRequest, approval_id: UUID, body: NoteIn) -> Any:
    return approval_out(actions.approve_discount(approval_id, note=body.note, by=_by(request)))


@router.post("/approvals/{uuid:approval_id}/refuse", response=ApprovalOut, summary="Refuse a discount")
def refuse(request: HttpRequest, approval_id: UUID, body: ReasonIn) -> Any:
    return approval_out(actions.refuse_discount(approval_id, body.reason, by=_by(request)))


def approval_out(row: Any) -> ApprovalOut:
    names = set(ApprovalOut.model_fields) - {"asked_by", "decided_by"}
    facts = {name: getattr(row, name) for name in names}
    return ApprovalOut(**facts, asked_by=row.asked_by_name, decided_by=row.decided_by_name)


def _out(schema: type[Schema]) -> Any:
    return lambda row: schema(**{name: getattr(row, name) for name in schema.model_fields})


def _staff(request: HttpRequest, permission: str, do: str) -> Actor:
    by = _by(request)
    by.must(permission, do=do)
    return by


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
