"""JSON of what the clinic asks before it operates."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Router
from kalon.theatre import actions, queries

policy = Router(tags=["theatre"])


class TheatrePolicyBody(Schema):
    lab_codes: list[str] = Field(description="Codes of `/api/orders/tests`, asked before every operation")
    lab_days: int = Field(description="How old a sample may be on the day")
    valid_days: int = Field(description="For how many days a clearance holds")
    follow_up_days: list[int] = Field(description="When the patient is seen again after a completed case")
    arrive_minutes: int = Field(description="How long before the operation the patient comes")
    food_hours: int = Field(description="No solid food for so many hours before")
    water_hours: int = Field(description="No clear water for so many hours before")


@policy.get("", response=TheatrePolicyBody, summary="What is asked before an operation")
def get_policy(request: HttpRequest) -> Any:
    return queries.policy(seen_by=request.actor)  # type: ignore[attr-defined]


@policy.put("", response=TheatrePolicyBody, summary="Decide what is asked before an operation")
def set_policy(request: HttpRequest, body: TheatrePolicyBody) -> Any:
    said = body.model_dump()
    fasting = {name: said.pop(name) for name in ("arrive_minutes", "food_hours", "water_hours")}
    return actions.set_policy(**said, fasting=actions.Fasting(**fasting), by=request.actor)  # type: ignore[attr-defined]
