"""What people announces."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SignInCodeRequested:
    """Somebody asked for a one-time code; it is to be carried to them, and to nobody else.

    `channel` is "EMAIL" or "SMS", `destination` the address or number (E.164), `purpose` "sign-in" or
    "password-reset".
    """

    destination: str
    code: str
    user_id: UUID
    organization_id: UUID
    channel: str = "EMAIL"
    purpose: str = "sign-in"


@dataclass(frozen=True, slots=True)
class StaffAdded:
    """Somebody joined the clinic."""

    staff_id: UUID
    organization_id: UUID
