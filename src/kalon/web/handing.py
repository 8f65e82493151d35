"""The clinic's tablet in a patient's hands: it shows the one thing that is signed there, until staff take it back.

    from kalon.web import handing

    handing.over(request, to=reverse("consents:sign", args=[pk]), back=reverse("consents:consent", args=[pk]))

The account stays signed in, because signatures are taken under it; but its session answers no other address, page or
API, until the password of that account was typed. After five wrong ones it is signed out.
"""

from collections.abc import Callable, Sequence

from django import forms
from django.contrib.auth import logout
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.kernel.errors import NotPermitted
from kalon.web.fronts import actor_of, go, render, staff_page

HELD, TRIES = "handed_over", "take_back_tries"
MOST_TRIES = 5
FREE = ("/static/", "/theme", "/favicon.svg", "/manifest.webmanifest")


class OnlyWhatIsSigned:
    """While a tablet is handed over its session opens what is signed there, and nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        held = request.session.get(HELD)
        if held is None or request.path.startswith(FREE) or request.path in held["within"]:
            return self.get_response(request)
        return redirect(held["to"])


class TakeBackForm(forms.Form):
    password = forms.CharField(
        label="Password", max_length=200, widget=forms.PasswordInput, error_messages={"required": "Type your password."}
    )


def over(request: HttpRequest, *, to: str, back: str, within: Sequence[str] = ()) -> HttpResponse:
    """Give the tablet to the patient: from now on it shows only the page `to` and what belongs to it (`within`).

    `back` is where staff go on when they took it back.
    """
    allowed = [to, *within, reverse("web:take_back"), reverse("web:take_back_sign_out")]
    request.session[HELD], request.session[TRIES] = {"to": to, "back": back, "within": allowed}, 0
    return go(request, to)


def is_over(request: HttpRequest, to: str) -> bool:
    """Whether this tablet is in a patient's hands, with this page."""
    held = request.session.get(HELD)
    return held is not None and held["to"] == to


@staff_page()
def take_back(request: HttpRequest) -> HttpResponse:
    """The patient has finished: whoever handed the tablet over types their password to go on."""
    user, held = request.user, request.session.get(HELD) or {"to": "/", "back": "/"}
    assert isinstance(user, AbstractBaseUser)
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if user.check_password(form.cleaned_data["password"]):
            request.session.pop(HELD, None)
            return go(request, held["back"])
        request.session[TRIES] = request.session.get(TRIES, 0) + 1
        if request.session[TRIES] >= MOST_TRIES:
            logout(request)
            return redirect("account_login")
        form.add_error("password", "This is not the password of the account that is signed in here.")
    context = {"to": held["to"], "form": form, "name": actor_of(request).name}
    return render(request, "take_back.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page()
def sign_out(request: HttpRequest) -> HttpResponse:
    """Without the password the way out is to sign out."""
    if HELD not in request.session:
        raise NotPermitted("The tablet is not handed over. Sign out from your own menu.")
    logout(request)
    return redirect("account_login")
