"""The clinic's tablet in a patient's hands: it shows this one consent and nothing else, until staff take it back.

The account stays signed in, because signatures are taken under it; but its session answers no other address, page or
API, until the password of that account was typed. After five wrong ones it is signed out.
"""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth import logout
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.consents import actions
from kalon.consents.forms import TakeBackForm
from kalon.consents.lifecycles import SIGN
from kalon.kernel.errors import NotPermitted
from kalon.web.fronts import actor_of, go, render, staff_page

HELD, TRIES = "consents.handed_over", "consents.take_back_tries"
MOST_TRIES = 5
WITHIN = ("sign", "language", "take_back")
FREE = ("/static/", "/theme", "/favicon.svg", "/manifest.webmanifest")


class OnlyThisConsent:
    """While a tablet is handed over its session opens the consent that is signed there, and nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        held = request.session.get(HELD)
        if held is None or request.path.startswith(FREE) or request.path in _within(held):
            return self.get_response(request)
        return redirect("consents:sign", pk=held)


@require_POST
@staff_page(SIGN)
def hand_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give the tablet to the patient: from now on it shows only this consent."""
    actions.open_to_sign(pk, by=actor_of(request))
    request.session[HELD], request.session[TRIES] = str(pk), 0
    return go(request, "consents:sign", pk=pk)


@staff_page(SIGN)
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient has finished: whoever handed the tablet over types their password to go on."""
    user = request.user
    assert isinstance(user, AbstractBaseUser)
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if user.check_password(form.cleaned_data["password"]):
            request.session.pop(HELD, None)
            return go(request, "consents:consent", pk=pk)
        request.session[TRIES] = request.session.get(TRIES, 0) + 1
        if request.session[TRIES] >= MOST_TRIES:
            logout(request)
            return redirect("account_login")
        form.add_error("password", "This is not the password of the account that is signed in here.")
    context = {"pk": pk, "form": form, "name": actor_of(request).name}
    return render(request, "consents/take_back.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page(SIGN)
def sign_out(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Without the password the way out is to sign out."""
    if not is_handed_over(request, pk):
        raise NotPermitted("The tablet is not handed over. Sign out from your own menu.")
    logout(request)
    return redirect("account_login")


def is_handed_over(request: HttpRequest, pk: UUID) -> bool:
    """Whether this tablet is in a patient's hands, with this consent."""
    return bool(request.session.get(HELD) == str(pk))


def _within(held: str) -> set[str]:
    return {reverse(f"consents:{name}", args=[held]) for name in (*WITHIN, "sign_out")}
