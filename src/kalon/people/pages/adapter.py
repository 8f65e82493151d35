"""How signing in (django-allauth) meets the clinic: accounts, codes as events, no sign-up, tries in the log."""

from base64 import b64decode, b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.urls import reverse

from kalon.kernel import actors, crypto
from kalon.kernel.errors import NotFound
from kalon.kernel.events import announce
from kalon.kernel.tenancy import acting_as
from kalon.people import queries, rules
from kalon.people.events import SignInCodeRequested
from kalon.people.models import User
from kalon.people.reactions import log_failure

PURPOSES = {"account/email/login_code": "sign-in", "account/email/password_reset_code": "password-reset"}
SEALED_AS = "mfa_authenticator.secret"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by registration and by the owner; codes leave through messaging."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")  # which sends staff to their first page and patients to theirs

    # -- codes -------------------------------------------------------------

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Announce a code; anything else allauth would mail (that an account is unknown) is not sent."""
        purpose, code = PURPOSES.get(template_prefix), context.get("code")
        if purpose and code:
            self._announce(_account(email=email), email, str(code), channel="EMAIL", purpose=purpose)

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        self._announce(user, phone, code, channel="SMS", purpose="sign-in")

    def _announce(self, user: User | None, destination: str, code: str, *, channel: str, purpose: str) -> None:
        if user is None or user.organization_id is None:
            return
        with acting_as(actors.system("sign-in", user.organization_id)):
            announce(
                SignInCodeRequested(
                    destination=destination,
                    code=code,
                    user_id=user.pk,
                    organization_id=user.organization_id,
                    channel=channel,
                    purpose=purpose,
                )
            )

    # -- phones --------------------------------------------------------------

    def phone_form_field(self, **kwargs: Any) -> Any:
        from kalon.people.forms import PhoneField

        return PhoneField(**kwargs)

    def clean_phone(self, phone: str) -> str:
        return rules.normal_phone(phone) or phone

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return (user.phone, True) if user.phone else None

    def get_user_by_phone(self, phone: str) -> User | None:
        return _account(phone=rules.normal_phone(phone) or "")

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        """A phone is changed by its owner's verb, not while signing in."""

    def set_phone_verified(self, user: Any, phone: str) -> None:
        """Every phone was confirmed before it became part of an account."""

    # -- tries -----------------------------------------------------------------

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One counter for each account, however it is named and from wherever it is tried."""
        email = rules.normal_email(credentials.get("email"))
        phone = rules.normal_phone(credentials.get("phone"))
        user = _account(email=email or "", phone=phone or "")
        return f"sign-in:{user.pk if user else email or phone or ''}"

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        email, phone = (
            rules.normal_email(credentials.get("email")),
            rules.normal_phone(credentials.get("phone")),
        )
        log_failure(request, _account(email=email or "", phone=phone or ""), method="password")


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps and recovery codes are kept sealed under a key of their own."""

    def encrypt(self, text: str) -> str:
        key = crypto.new_data_key()
        return f"{b64encode(key).decode()}.{b64encode(crypto.seal(text.encode(), key, SEALED_AS)).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        key, _, box = encrypted_text.partition(".")
        return crypto.unseal(b64decode(box), b64decode(key), SEALED_AS).decode()

    def build_totp_svg(self, url: str) -> str:
        import segno

        return str(segno.make(url, error="m").svg_inline(scale=5, border=2))


def _account(*, email: str = "", phone: str = "") -> User | None:
    try:
        return queries.account(email=email, phone=phone)
    except NotFound:
        return None
