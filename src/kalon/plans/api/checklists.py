"""JSON of the lists of before and after of a plan."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Router
from kalon.kernel import audit
from kalon.kernel.errors import NotFound
from kalon.plans import actions, queries

lists_of_plans = Router(tags=["plans"])


class TickIn(Schema):
    state: str = Field("DONE", max_length=12, description="DONE, NOT_NEEDED (with a note) or TAKEN_BACK (with a note)")
    note: str = Field("", max_length=4000)
    seen: UUID | None = Field(None, description="The tick that was read; another one there by now answers 409")


class TickOut(Schema):
    id: UUID
    state: str
    note: str
    said_at: datetime
    name: str = Field(description="Who ticked it")


class ListItemOut(Schema):
    id: UUID
    words: str
    moment: str = Field(description="BEFORE the day, DAY_OF, or AFTER")
    who: str
    is_required: bool
    is_done: bool = Field(description="Whether it counts as done for the day on which the plan is carried out")
    last: TickOut | None


@lists_of_plans.get("/{plan_id}/list", response=list[ListItemOut], summary="What is done before and after")
def get_list(request: HttpRequest, plan_id: UUID) -> Any:
    by = request.actor  # type: ignore[attr-defined]
    plan = queries.plan(plan_id, seen_by=by)
    audit.read(by, plan, purpose="API")
    return [_item_out(row) for part in queries.list_of(plan, seen_by=by) for row in part.rows]


@lists_of_plans.post(
    "/{plan_id}/list/{entry_id}/ticks", response={201: TickOut}, summary="Tick an item under one's own name"
)
def post_tick(request: HttpRequest, plan_id: UUID, entry_id: UUID, body: TickIn) -> Any:
    by = request.actor  # type: ignore[attr-defined]
    if queries.list_item(entry_id, seen_by=by).plan_id != plan_id:
        raise NotFound("There is no such item on the list of this plan.")
    made = actions.tick(entry_id, **body.model_dump(), by=by)
    return 201, _tick_out(made)


def _item_out(row: Any) -> ListItemOut:
    item = row.item
    return ListItemOut(
        id=row.entry.pk, words=item.words, moment=item.moment, who=item.who, is_required=item.is_required,
        is_done=row.is_done, last=_tick_out(row.last) if row.last else None,
    )  # fmt: skip


def _tick_out(one: Any) -> TickOut:
    return TickOut(id=one.pk, state=one.state, note=one.note or "", said_at=one.said_at, name=one.name)
