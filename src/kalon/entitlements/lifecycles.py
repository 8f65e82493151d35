"""The states of what was bought, and every move between them."""

from datetime import timedelta

from django.db import models

from kalon.kernel.lifecycle import Lifecycle, Move

VIEW = "entitlements.view"
SELL = "entitlements.sell"
USE = "entitlements.use"
TRANSFER = "entitlements.transfer"
REFUND = "entitlements.refund"
MANAGE = "entitlements.manage"

# How long a session that was counted by mistake can be given back.
TAKE_BACK_WITHIN = timedelta(days=7)


class HoldingStatus(models.TextChoices):
    PENDING = "PENDING", "Waiting for payment"
    ACTIVE = "ACTIVE", "In use"
    USED_UP = "USED_UP", "Used up"
    EXPIRED = "EXPIRED", "Expired"
    REFUNDED = "REFUNDED", "Taken back"
    TRANSFERRED = "TRANSFERRED", "Given to another patient"


# What may still be used or taken back.
OPEN = (HoldingStatus.PENDING, HoldingStatus.ACTIVE)
# What is over: nothing of it is left, and the row says where it went.
CLOSED = (HoldingStatus.EXPIRED, HoldingStatus.REFUNDED, HoldingStatus.TRANSFERRED)

# All but the first move are made by the database itself, when a session or a settlement is written: what is left of
# a package is never claimed, only derived.
HOLDING = Lifecycle(
    of="entitlements.PackageHolding",
    noun="package",
    states=HoldingStatus,
    initial=(HoldingStatus.PENDING,),
    moves=(
        Move("activate", (HoldingStatus.PENDING,), HoldingStatus.ACTIVE, "let the patient use the package", SELL,
             automatic=True),
        Move("use_up", (HoldingStatus.ACTIVE,), HoldingStatus.USED_UP, "use the last session", USE, automatic=True),
        Move("take_back_use", (HoldingStatus.USED_UP,), HoldingStatus.ACTIVE, "give a session back", USE,
             automatic=True),
        Move("expire", OPEN, HoldingStatus.EXPIRED, "let the package expire", MANAGE, automatic=True),
        Move("extend", (HoldingStatus.EXPIRED,), HoldingStatus.ACTIVE, "extend the package", MANAGE,
             reason_needed=True, automatic=True),
        Move("refund", OPEN, HoldingStatus.REFUNDED, "take the package back", REFUND, reason_needed=True,
             automatic=True),
        Move("transfer", (HoldingStatus.ACTIVE,), HoldingStatus.TRANSFERRED, "give the package to another patient",
             TRANSFER, reason_needed=True, automatic=True),
    ),
    seals=CLOSED,
    open_columns=("used", "kept", "refunded", "forfeited", "moved", "valid_until", "warned_at"),
)  # fmt: skip


class VoucherStatus(models.TextChoices):
    PENDING = "PENDING", "Waiting for payment"
    ACTIVE = "ACTIVE", "Can be redeemed"
    USED_UP = "USED_UP", "Redeemed"
    EXPIRED = "EXPIRED", "Expired"
    REFUNDED = "REFUNDED", "Taken back"
    VOID = "VOID", "Never paid"


# As with packages, all but the first move follow from what was written: redeemed, paid back, forfeited.
VOUCHER = Lifecycle(
    of="entitlements.GiftVoucher",
    noun="voucher",
    states=VoucherStatus,
    initial=(VoucherStatus.PENDING,),
    moves=(
        Move("activate", (VoucherStatus.PENDING,), VoucherStatus.ACTIVE, "let the voucher be redeemed", SELL,
             automatic=True),
        Move("use_up", (VoucherStatus.ACTIVE,), VoucherStatus.USED_UP, "redeem the last of it", SELL, automatic=True),
        Move("expire", (VoucherStatus.ACTIVE,), VoucherStatus.EXPIRED, "let the voucher expire", MANAGE,
             automatic=True),
        Move("extend", (VoucherStatus.EXPIRED,), VoucherStatus.ACTIVE, "extend the voucher", MANAGE,
             reason_needed=True, automatic=True),
        Move("give_back", (VoucherStatus.USED_UP, VoucherStatus.EXPIRED, VoucherStatus.REFUNDED), VoucherStatus.ACTIVE,
             "put money back on the voucher", REFUND, reason_needed=True, automatic=True),
        Move("refund", (VoucherStatus.ACTIVE,), VoucherStatus.REFUNDED, "take the voucher back", REFUND,
             reason_needed=True, automatic=True),
        Move("void", (VoucherStatus.PENDING,), VoucherStatus.VOID, "void the voucher", REFUND, reason_needed=True,
             automatic=True),
    ),
    seals=(VoucherStatus.USED_UP, VoucherStatus.EXPIRED, VoucherStatus.REFUNDED, VoucherStatus.VOID),
    open_columns=("redeemed", "forfeited", "refunded", "valid_until", "warned_at"),
)  # fmt: skip


class MembershipStatus(models.TextChoices):
    PENDING = "PENDING", "Waiting for payment"
    ACTIVE = "ACTIVE", "Member"
    LAPSED = "LAPSED", "Over"
    ENDED = "ENDED", "Ended early"


MEMBERSHIP = Lifecycle(
    of="entitlements.Membership",
    noun="membership",
    states=MembershipStatus,
    initial=(MembershipStatus.PENDING,),
    moves=(
        Move("start", (MembershipStatus.PENDING,), MembershipStatus.ACTIVE, "start the membership", SELL,
             automatic=True),
        Move("lapse", (MembershipStatus.ACTIVE,), MembershipStatus.LAPSED, "let the membership lapse", MANAGE,
             automatic=True),
        Move("end", (MembershipStatus.PENDING, MembershipStatus.ACTIVE), MembershipStatus.ENDED, "end the membership",
             REFUND, reason_needed=True, automatic=True),
    ),
    seals=(MembershipStatus.LAPSED, MembershipStatus.ENDED),
)  # fmt: skip
