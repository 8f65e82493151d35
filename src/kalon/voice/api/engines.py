"""JSON of the engines: what they were used for month by month, and what the clinic decides about those outside."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Router
from kalon.voice import actions, queries
from kalon.voice.api.schemas import DraftCountsOut
from kalon.voice.models import OutsideEngine
from kalon.web.fronts import actor_of

router = Router(tags=["voice"])


class UsageMonthOut(Schema):
    month: date = Field(description="Its first day")
    sessions: int = Field(description="Recordings that an engine worked on")
    minutes: int = Field(description="Minutes heard")
    tokens_in: int
    tokens_out: int
    cost: Decimal
    each: Decimal = Field(description="What one recording cost")
    by_engine: dict[str, Decimal]
    failures: int
    budget: Decimal = Field(description="Of the engines that are on now")
    currency: str


class DraftQualityOut(DraftCountsOut):
    month: date = Field(description="Its first day")
    engine: str
    drafts: int = Field(description="How many were verified")
    share: int | None = Field(description="Of a hundred words drafted, how many were kept")


class OutsideEngineIn(Schema):
    """Prices in the clinic's currency: of a million tokens read and written, and of a minute heard."""

    is_on: bool
    budget: Decimal = Field(ge=0, max_digits=12, decimal_places=2, description="Of a month")
    model: str = Field("", max_length=80)
    read_price: Decimal = Field(Decimal(0), ge=0, max_digits=12, decimal_places=4)
    write_price: Decimal = Field(Decimal(0), ge=0, max_digits=12, decimal_places=4)
    minute_price: Decimal = Field(Decimal(0), ge=0, max_digits=12, decimal_places=4)


class OutsideEngineOut(Schema):
    name: str
    label: str
    is_on: bool
    model: str
    budget: Decimal
    read_price: Decimal
    write_price: Decimal
    minute_price: Decimal
    decided_by: str = Field(description="Empty where nothing is decided yet: it is off")
    decided_at: datetime | None

    @staticmethod
    def resolve_label(found: OutsideEngine) -> str:
        return queries.OUTSIDE[found.name]


@router.get("/usage", response=list[UsageMonthOut], summary="What engines were used for and cost, twelve months")
def usage(request: HttpRequest) -> Any:
    """The oldest month first, each of them there even where nothing was used."""
    return queries.usage_by_month(seen_by=actor_of(request))


@router.get("/quality", response=list[DraftQualityOut], summary="How good drafts were, by month and engine")
def quality(request: HttpRequest) -> Any:
    """Twelve months, the oldest first; a month in which no draft was verified is not there."""
    return queries.quality_by_month(seen_by=actor_of(request))


@router.get("/engines", response=list[OutsideEngineOut], summary="The engines outside, and what the clinic decided")
def engines(request: HttpRequest) -> Any:
    return queries.engines(seen_by=actor_of(request))


@router.put("/engines/{name}", response=OutsideEngineOut, summary="Switch an engine outside on or off")
def decide_engine(request: HttpRequest, name: str, body: OutsideEngineIn) -> Any:
    """422 for one that is on without a price or a budget of the month."""
    return actions.decide_engine(name, actions.Terms(**body.dict()), by=actor_of(request))
