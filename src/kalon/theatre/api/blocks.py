"""JSON of surgeons' own hours of the theatres."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.theatre import actions, queries
from kalon.theatre.models import Block

blocks = Router(tags=["theatre"])


class TheatreBlockIn(Schema):
    room_id: UUID
    surgeon_id: UUID
    weekday: int | None = Field(None, ge=0, le=6, description="0 is Monday; empty: once, on `on_date`")
    on_date: date | None = None
    starts: time = Field(description="On the branch's clock")
    ends: time
    from_date: date | None = Field(None, description="Empty: from today on")
    until_date: date | None = None
    release_days: int | None = Field(None, ge=0, le=90, description="Free for everybody so many days before")


class BlockReleaseIn(Schema):
    on_date: date
    reason: str = Field(max_length=300)


class BlockReleaseOut(BlockReleaseIn):
    released_by_id: UUID
    created_at: datetime


class TheatreBlockOut(Schema):
    id: UUID
    room_id: UUID
    surgeon_id: UUID
    weekday: int | None
    on_date: date | None
    starts_minute: int = Field(description="Minutes from midnight on the branch's clock")
    ends_minute: int
    from_date: date
    until_date: date | None
    release_days: int | None
    ended_at: datetime | None
    releases: list[BlockReleaseOut]


@blocks.get("", response=Page[TheatreBlockOut], summary="Whose hours of which theatre are kept")
def list_blocks(request: HttpRequest) -> Any:
    return paged(request, queries.blocks(seen_by=request.actor), _out)  # type: ignore[attr-defined]


@blocks.post("", response={201: TheatreBlockOut}, summary="Keep hours of a theatre for a surgeon")
def keep_hours(request: HttpRequest, body: TheatreBlockIn) -> Any:
    by = request.actor  # type: ignore[attr-defined]
    made = actions.keep_hours(actions.BlockWish(**body.model_dump()), by=by)
    return 201, _out(queries.block(made.pk, seen_by=by))


@blocks.post("/{block_id}/releases", response={201: BlockReleaseOut}, summary="Free them for everybody on one day")
def release_hours(request: HttpRequest, block_id: UUID, body: BlockReleaseIn) -> Any:
    made = actions.release_hours(block_id, body.on_date, body.reason, by=request.actor)  # type: ignore[attr-defined]
    return 201, BlockReleaseOut(**{name: getattr(made, name) for name in BlockReleaseOut.model_fields})


@blocks.post("/{block_id}/end", response=TheatreBlockOut, summary="A block keeps nothing any more")
def end_hours(request: HttpRequest, block_id: UUID) -> Any:
    return _out(actions.end_hours(block_id, by=request.actor))  # type: ignore[attr-defined]


def _out(one: Block) -> TheatreBlockOut:
    facts = {name: getattr(one, name) for name in TheatreBlockOut.model_fields if name != "releases"}
    given = [
        BlockReleaseOut(**{name: getattr(gone, name) for name in BlockReleaseOut.model_fields})
        for gone in one.releases.all()
    ]
    return TheatreBlockOut(**facts, releases=given)
