"""JSON of a list of prices: looked at first, then written, all of it or none."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.pricing import actions
from kalon.pricing.actions.importing import MOST_ROWS
from kalon.pricing.api.endpoints import router
from kalon.pricing.api.schemas import Amount, Code, Money
from kalon.web.fronts import actor_of


class ListedPriceIn(Schema):
    code: Code = Field(description="The code of a service or a package")
    price: Amount


class PriceListIn(Schema):
    valid_from: date
    prices: Annotated[list[ListedPriceIn], Field(max_length=MOST_ROWS)]

    def rows(self) -> list[tuple[str, Decimal | None]]:
        return [(one.code.strip(), one.price) for one in self.prices]


class CheckedPriceOut(Schema):
    """What becomes of a line, counted from 2 as in a file with its heading; `fault` says why it cannot be."""

    number: int
    code: str
    name: str
    before: Money | None
    price: Money | None
    fault: str


class PricesWrittenOut(Schema):
    written: int = Field(description="What costs the same already is left alone")


@router.post(
    "/schedules/{uuid:schedule_id}/prices/check", response=list[CheckedPriceOut], summary="What a list would do"
)
def check_prices(request: HttpRequest, schedule_id: UUID, body: PriceListIn) -> Any:
    return actions.check_prices(schedule_id, body.rows(), body.valid_from, by=actor_of(request))


@router.post(
    "/schedules/{uuid:schedule_id}/prices/import",
    response=PricesWrittenOut,
    summary="Write a list of prices, all of it or none",
)
def import_prices(request: HttpRequest, schedule_id: UUID, body: PriceListIn) -> Any:
    return {"written": actions.import_prices(schedule_id, body.rows(), body.valid_from, by=actor_of(request))}
