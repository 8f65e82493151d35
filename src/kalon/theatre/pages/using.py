"""Scan to consume: implants, consumables, what was dropped, and the wristband."""

from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.theatre import actions, forms
from kalon.theatre.lifecycles import OPERATE
from kalon.theatre.pages.case import press
from kalon.web.fronts import actor_of, staff_page


@require_POST
@staff_page(OPERATE)
def scan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A pack or a wristband before the scanner or the camera."""

    def do() -> str:
        told = forms.ScanForm(request.POST).told()
        wish = _wish(told)
        if "waste" in request.POST:
            return actions.waste(pk, wish, told["reason"], by=actor_of(request))
        return actions.use(pk, wish, by=actor_of(request))

    return press(request, pk, do, at="scan")


@require_POST
@staff_page(OPERATE)
def back(request: HttpRequest, pk: UUID, movement_id: UUID) -> HttpResponse:
    """One less of what was written as used."""

    def do() -> str:
        told = forms.BackForm(request.POST).told()
        why = told["reason"] or "Not used after all"
        return actions.give_back(pk, movement_id, told["quantity"], why, by=actor_of(request))

    return press(request, pk, do, at="scan")


@require_POST
@staff_page(OPERATE)
def take_out(request: HttpRequest, pk: UUID, implant_id: UUID) -> HttpResponse:
    """An implant comes out again."""

    def do() -> str:
        told = forms.WhyForm(request.POST).told()
        return actions.take_out(pk, implant_id, told["reason"], by=actor_of(request))

    return press(request, pk, do, at="scan")


def _wish(told: dict[str, object]) -> actions.Scan:
    return actions.Scan(
        code=str(told["code"]), side=str(told["side"]), quantity=Decimal(str(told["quantity"] or 1)),
        is_second=bool(told["second"]), key=str(told["key"]),
    )  # fmt: skip
