"""Signing in by password for a program: the same counters, checks and log as the page."""

from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from kalon.kernel import actors, clock
from kalon.kernel.errors import Invalid, SignInNeeded, Throttled
from kalon.kernel.tenancy import acting_as
from kalon.people import actions, rules
from kalon.people.models import User
from kalon.people.reactions import log_failure, log_sign_in

WRONG = "The e-mail or phone and the password do not belong together. Try again, or ask for a code on the sign-in page."
DAYS = 1


def for_token(request: HttpRequest, *, login: str, password: str, code: str, label: str) -> tuple[str, datetime]:
    """A bearer token for a day, for who knows the password and, where it is set up, the second factor."""
    with context.request_context(request):
        user = _by_password(request, login, password)
        _second_factor(request, user, code)
    if user.organization_id is None:
        raise SignInNeeded("This account belongs to no clinic yet.")
    log_sign_in(request, user, method="password")
    with acting_as(actors.system("sign-in", user.organization_id)) as by:
        token = actions.issue_token(user.email or user.phone or "", label, days=DAYS, by=by)
    return token, clock.now() + timedelta(days=DAYS)


def _by_password(request: HttpRequest, login: str, password: str) -> User:
    email, phone = rules.normal_email(login), rules.normal_phone(login)
    credentials = {"email": email} if email else {"phone": phone}
    try:
        user: User | None = get_adapter(request).authenticate(request, **credentials, password=password)
    except ValidationError:
        raise Throttled(
            "Too many tries. Wait five minutes, or ask for a one-time code on the sign-in page.",
            retry_after=300,
        ) from None
    if user is None:
        raise SignInNeeded(WRONG)
    return user


def _second_factor(request: HttpRequest, user: User, code: str) -> None:
    if not get_mfa_adapter().is_mfa_enabled(user, types=["totp", "recovery_codes"]):
        return
    if not code:
        raise Invalid("Send the code of your authenticator app too.", field="code")
    form = AuthenticateForm({"code": code}, user=user)
    if not form.is_valid():
        log_failure(request, user, method="second factor")
        raise Invalid("This code is wrong or was used already. Wait for the next one.", field="code")
