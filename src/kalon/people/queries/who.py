"""Who acts: from an account or a bearer token to an actor with their rights, in at most three queries."""

from collections import defaultdict
from datetime import timedelta
from types import MappingProxyType
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet

from kalon.kernel import actors, clock, crypto
from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.kernel.errors import NotFound
from kalon.kernel.tenancy import acting_as
from kalon.people.models import AccessToken, Branch, Staff, User

LONGEST_TOKEN = 200
USE_IS_NOTED_EVERY = timedelta(minutes=1)


def staff_actor(user: User, *, branch_id: UUID | None = None) -> Actor | None:
    """The actor an account is at the desk: rights per branch; None when it belongs to no working staff.

    `branch_id` is where they work now; without it, the first branch in which they hold a role.
    """
    if not user.is_active or user.organization_id is None:
        return None
    with acting_as(actors.system("sign-in", user.organization_id)):
        rows = list(
            Staff.objects.filter(user_id=user.pk, is_active=True)
            .order_by("assignments__role__name")
            .values_list(
                "name",
                "assignments__branch_id",
                "assignments__role__name",
                "assignments__role__permissions",
                "assignments__ended_at",
            )
        )
        if not rows:
            return None
        grants: dict[UUID | None, set[str]] = defaultdict(set)
        labels: list[str] = []
        for _, at, role_name, permissions, ended_at in rows:
            if role_name is None or ended_at is not None:
                continue
            grants[at] |= set(permissions)
            labels += [role_name] if role_name not in labels else []
        return Actor(
            kind=Kind.STAFF,
            name=rows[0][0],
            organization_id=user.organization_id,
            user_id=user.pk,
            branch_id=_branch(set(grants), wished=branch_id),
            role_label=", ".join(labels),
            grants=MappingProxyType({at: frozenset(held) for at, held in grants.items()}),
        )


def _branch(held: set[UUID | None], *, wished: UUID | None) -> UUID | None:
    if not held:
        return None
    open_ids = list(Branch.objects.filter(is_active=True).values_list("pk", flat=True))
    reachable = open_ids if EVERYWHERE in held else [pk for pk in open_ids if pk in held]
    return wished if wished in reachable else next(iter(reachable), None)


def user_for_token(token: str) -> User | None:
    """The account a bearer token opens, while it is live; its use is noted once a minute."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    row = (
        AccessToken.objects.select_related("user").filter(token_hash=crypto.hash_token(token, purpose="bearer")).first()
    )
    now = clock.now()
    if row is None or not row.is_live(now) or not row.user.is_active:
        return None
    if row.last_used_at is None or now - row.last_used_at > USE_IS_NOTED_EVERY:
        AccessToken.objects.filter(pk=row.pk).update(last_used_at=now)
    user: User = row.user
    return user


def actor_for_token(token: str) -> Actor | None:
    """The member of staff a bearer token acts as."""
    user = user_for_token(token)
    return staff_actor(user) if user else None


def account(*, email: str = "", phone: str = "") -> User:
    """The account that signs in with an e-mail or a phone; asked before anybody has signed in."""
    found = User.objects.filter(email=email.lower()) if email else User.objects.filter(phone=phone)
    user = found.first() if (email or phone) else None
    if user is None:
        raise NotFound("No account signs in with that. Add the person first.")
    return user  # type: ignore[no-any-return]


def account_exists(*, email: str = "", phone: str = "") -> bool:
    """Whether somebody signs in with this e-mail or phone; for registration, which must not say so aloud."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kalon_account_exists(%s, %s)", [email, phone])
        return bool(cursor.fetchone()[0])


def tokens_of(actor: Actor) -> QuerySet[AccessToken]:
    """The actor's own bearer tokens, live ones first."""
    own = AccessToken.objects.filter(user_id=actor.own_user_id)
    return own.order_by(F("revoked_at").asc(nulls_first=True), "-created_at", "-id")
