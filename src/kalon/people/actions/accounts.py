"""Accounts that sign in, and the bearer tokens that programs use in their place."""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from kalon.kernel import actors, audit, clock, crypto
from kalon.kernel.actors import Actor, Kind
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import verb
from kalon.people import queries
from kalon.people.models import AccessToken, User
from kalon.people.rules import MANAGE, normal_email, normal_phone

LONGEST_DAYS = 366
MOST_TOKENS = 50


def new_account(*, email: str | None, phone: str | None, name: str, password: str | None, by: Actor) -> User:
    """A new account in the actor's clinic; called by the verbs that have checked the right to make one."""
    user = User(organization_id=by.organization_id, name=name.strip())
    if email:
        user.email = normal_email(email)
        if user.email is None:
            raise Invalid("This is not an e-mail address. Write it like name@example.org.", field="email")
    if phone:
        user.phone = normal_phone(phone)
        if user.phone is None:
            raise Invalid("This is not a phone number. Write it with its country, like +91 98200 12345.", field="phone")
    if not (user.email or user.phone):
        raise Invalid("Write an e-mail address or a phone number.", field="email")
    if password:
        _set_password(user, password)
    else:
        user.set_unusable_password()
    with refusing(
        {
            "people_user_email_key": Clash("Somebody signs in with this e-mail already.", field="email"),
            "people_user_phone_key": Clash("Somebody signs in with this phone already.", field="phone"),
        }
    ):
        user.save(force_insert=True)
    return user


@verb
def create_patient_user(
    *,
    email: str | None = None,
    phone: str | None = None,
    password: str | None = None,
    name: str = "",
    by: Actor,
) -> User:
    """The account of a patient whose e-mail or phone was confirmed; it opens no page of the desk."""
    if by.kind is not Kind.PUBLIC:
        by.must("patients.register", do="open a patient's account")
    return new_account(email=email, phone=phone, name=name, password=password, by=by)


def issue_token(email: str, label: str, *, days: int = 30, by: Actor) -> str:
    """A bearer token for somebody else's account, made at the command line of the installation."""
    if by.kind is not Kind.SYSTEM:
        raise NotPermitted("Make your own tokens in Settings.")
    user = queries.account(email=email)
    return _issue(user.pk, label, days=days, by=actors.system(by.name, user.organization_id))


@verb
def issue_own_token(label: str, *, days: int = 30, by: Actor) -> str:
    """A bearer token to act as oneself; shown this once, kept only as a hash."""
    if by.user_id is None:
        raise NotPermitted("Sign in first; a token acts as the person who made it.")
    live = AccessToken.objects.filter(user_id=by.user_id, revoked_at=None, expires_at__gt=clock.now()).count()
    if live >= MOST_TOKENS:
        raise Clash(f"You have {MOST_TOKENS} tokens already. Revoke one that is no longer used.")
    return _issue(by.user_id, label, days=days, by=by)


@verb
def _issue(user_id: UUID, label: str, *, days: int, by: Actor) -> str:
    if not label.strip() or len(label) > 80:
        raise Invalid("Say in a few words what the token is for.", field="label")
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid(f"A token lives 1 to {LONGEST_DAYS} days.", field="days")
    token = crypto.random_token()
    now = clock.now()
    row = AccessToken(
        user_id=user_id,
        token_hash=crypto.hash_token(token, purpose="bearer"),
        label=label.strip(),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    row.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, row, facts={"what": "token issued", "days": days})
    return token


@verb
def revoke_token(pk: UUID, *, by: Actor) -> AccessToken:
    """Close a token at once; one's own, or anybody's of the clinic for who manages people."""
    tokens = AccessToken.objects.select_for_update().filter(pk=pk)
    row = (tokens if by.may(MANAGE) else tokens.filter(user_id=by.own_user_id)).first()
    if row is None:
        raise NotFound("There is no such token of yours.")
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        row.save(update_fields=["revoked_at"])
        audit.note(by, audit.Kind.CHANGE, row, facts={"what": "token revoked"})
    return row


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from None
    user.set_password(password)
