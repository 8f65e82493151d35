"""Around an operation: the list of the day and of afterwards is ticked, and the patient goes home."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.plans import actions as plans
from kalon.plans.lifecycles import TICK
from kalon.theatre import actions, forms
from kalon.theatre.lifecycles import OPERATE
from kalon.theatre.pages.case import press
from kalon.web.fronts import actor_of, staff_page


@require_POST
@staff_page(TICK)
def tick(request: HttpRequest, pk: UUID, entry_id: UUID) -> HttpResponse:
    """An item of the list of before and after."""

    def do() -> str:
        plans.tick(entry_id, **forms.TickForm(request.POST).told(), by=actor_of(request))
        return ""

    return press(request, pk, do, at="list")


@require_POST
@staff_page(OPERATE)
def discharge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient goes home, with somebody."""

    def do() -> str:
        actions.discharge(pk, **forms.HomeForm(request.POST).told(), by=actor_of(request))
        return "The patient went home."

    return press(request, pk, do, at="home")
