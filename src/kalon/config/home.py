"""The front door: staff go to their day, patients to their home, visitors sign in or register."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kalon.inventory.lifecycles import MANAGE
from kalon.kernel.actors import Kind
from kalon.web.fronts import actor_of, public_page
from kalon.web.navigation import entries_for

SEES_PATIENTS, RECEIVES_THEM = ("consultations.conduct", "scheduling.start"), "scheduling.check_in"


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """Where this person starts."""
    actor = actor_of(request)
    if actor.kind is Kind.PATIENT:
        return redirect("portal:home")
    if actor.kind is Kind.STAFF:
        if actor.may(MANAGE) and not actor.may("scheduling.view"):
            return redirect("inventory:list")  # who keeps the store starts with what runs out and what expires
        if all(map(actor.may, SEES_PATIENTS)) and not actor.may(RECEIVES_THEM):
            return redirect("consultations:dashboard")  # doctors and surgeons
        first = next(iter(entries_for(actor)), None)
        return redirect(first.url if first else "people:sessions")
    return redirect("account_login")
