"""Accounts that sign in, of staff and of patients, and the bearer tokens they hold."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from kalon.kernel.models.records import Record
from kalon.people.models.places import Organization
from kalon.people.models.security import AccountRows, OwnedByAccount


class User(AbstractBaseUser, Record):
    """A person who can sign in, by e-mail or phone; what they may do comes from their roles, not from here."""

    email = models.EmailField(unique=True, null=True, blank=True)
    phone = models.CharField(max_length=16, unique=True, null=True, blank=True)
    name = models.CharField(max_length=120, blank=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)

    objects: ClassVar[BaseUserManager[Any]] = BaseUserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(phone__isnull=False), name="people_user_reachable"
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="people_user_email_lower"),
            models.CheckConstraint(condition=Q(phone__regex=r"^\+[1-9][0-9]{6,14}$"), name="people_user_phone_e164"),
            AccountRows(name="people_user_rows"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.pk)


class AccessToken(Record):
    """A key for a program to act as an account; kept as a hash, shown once, with an end."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=80)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="people_accesstoken_ends_later"
            ),
            OwnedByAccount(name="people_accesstoken_rows"),
        ]

    def __str__(self) -> str:
        return self.label

    def is_live(self, at: datetime) -> bool:
        """Whether the token still opens the door at an instant."""
        return self.revoked_at is None and at < self.expires_at
