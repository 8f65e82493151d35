"""/api/inventory/labels.pdf: labels for pieces, batches and places, as they come out of the printer."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema
from pydantic import Field

from kalon.inventory import actions
from kalon.inventory.api.endpoints import router
from kalon.inventory.api.schemas import Text
from kalon.inventory.queries import Labelled
from kalon.inventory.rules.labels import MOST

Keys = Annotated[list[UUID], Field(max_length=MOST)]


class LabelsIn(Schema):
    """What labels are printed for, on which paper (`A4-21`, `A4-65`, `ROLL-62X29`, `ROLL-50X25`) and how many."""

    unit: Keys = []
    batch: Keys = []
    place: Keys = []
    size: Text = "A4-21"
    copies: Annotated[int, Field(ge=1, le=MOST)] = 1
    first: Annotated[int, Field(ge=1, le=65)] = 1


@router.get("/labels.pdf", response={200: bytes}, summary="Labels with their codes, to print")
def labels_pdf(request: HttpRequest, asked: Query[LabelsIn]) -> HttpResponse:
    wanted = Labelled(units=tuple(asked.unit), batches=tuple(asked.batch), places=tuple(asked.place))
    by: Any = request.actor  # type: ignore[attr-defined]
    name, content = actions.print_labels(wanted, size=asked.size, copies=asked.copies, first=asked.first, by=by)
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )
