"""How a package is drawn: its state as a word with a colour and an icon, its sessions as bars."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from kalon.entitlements.lifecycles import HoldingStatus, MembershipStatus, VoucherStatus


@dataclass(frozen=True, slots=True)
class Look:
    """A word, the colour it stands in, and its icon."""

    word: str
    tone: str
    icon: str


LOOKS = {
    HoldingStatus.PENDING: Look("Not paid yet", "gold", "clock"),
    HoldingStatus.ACTIVE: Look("In use", "ok", "check"),
    HoldingStatus.USED_UP: Look("Used up", "mute", "check-check"),
    HoldingStatus.EXPIRED: Look("Expired", "danger", "calendar-x"),
    HoldingStatus.REFUNDED: Look("Taken back", "mute", "undo-2"),
    HoldingStatus.TRANSFERRED: Look("Given away", "mute", "gift"),
}
VOUCHER_LOOKS = {
    VoucherStatus.PENDING: Look("Not paid yet", "gold", "clock"),
    VoucherStatus.ACTIVE: Look("Can be redeemed", "ok", "check"),
    VoucherStatus.USED_UP: Look("Redeemed", "mute", "check-check"),
    VoucherStatus.EXPIRED: Look("Expired", "danger", "calendar-x"),
    VoucherStatus.REFUNDED: Look("Taken back", "mute", "undo-2"),
    VoucherStatus.VOID: Look("Never paid", "mute", "ban"),
}
MEMBER_LOOKS = {
    MembershipStatus.ACTIVE: Look("Member", "ok", "badge-check"),
    MembershipStatus.PENDING: Look("Not paid yet", "gold", "clock"),
    MembershipStatus.LAPSED: Look("Over", "mute", "calendar-x"),
    MembershipStatus.ENDED: Look("Ended early", "mute", "undo-2"),
}
SOON = 30


@dataclass(frozen=True, slots=True)
class Drawn:
    """A package as pages show it."""

    row: Any
    look: Look
    items: list[Any]
    left: int
    of: int
    ends_soon: bool


def drawn(row: Any, today: date) -> Drawn:
    """One package with its sessions counted."""
    items = list(row.items.all())
    alive = row.status in (HoldingStatus.PENDING, HoldingStatus.ACTIVE)
    return Drawn(
        row=row,
        look=LOOKS[row.status],
        items=items,
        left=sum(item.left for item in items) if alive else 0,
        of=sum(item.quantity for item in items),
        ends_soon=alive and (row.valid_until - today).days <= SOON,
    )


@dataclass(frozen=True, slots=True)
class DrawnVoucher:
    """A gift voucher as pages show it."""

    row: Any
    look: Look
    ends_soon: bool


def voucher_drawn(row: Any, today: date) -> DrawnVoucher:
    """One gift voucher."""
    alive = row.status in (VoucherStatus.PENDING, VoucherStatus.ACTIVE)
    return DrawnVoucher(row, VOUCHER_LOOKS[row.status], alive and (row.valid_until - today).days <= SOON)


@dataclass(frozen=True, slots=True)
class DrawnMembership:
    """One term of a membership as pages show it."""

    row: Any
    look: Look
    ends_soon: bool


def member_drawn(row: Any, today: date) -> DrawnMembership:
    """One term of a membership."""
    alive = row.status == MembershipStatus.ACTIVE and row.ends_on is not None
    return DrawnMembership(row, MEMBER_LOOKS[row.status], alive and (row.ends_on - today).days <= SOON)
