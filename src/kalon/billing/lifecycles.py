"""The states of bills, payments and refunds, and every move between them."""

from typing import Any

from django.db import models

from kalon.kernel.lifecycle import Lifecycle, Move, Row

VIEW = "billing.view"
OWN_REVENUE = "billing.own_revenue"
CHARGE = "billing.charge"
TAKE_PAYMENT = "billing.take_payment"
PAY = "billing.pay"
REFUND_MONEY = "billing.refund"
VOID_BILL = "billing.void"
WAIVE_FEE = "billing.waive_fee"
MANAGE_GATEWAYS = "billing.gateways"
GIVE_UP = "billing.write_off"
TRANSFER = "billing.transfer"
MANAGE = "billing.manage"


class BillStatus(models.TextChoices):
    DRAFT = "DRAFT", "Draft"
    FINALIZED = "FINALIZED", "To pay"
    PARTIALLY_PAID = "PARTIALLY_PAID", "Partly paid"
    PAID = "PAID", "Paid"
    VOID = "VOID", "Void"
    WRITTEN_OFF = "WRITTEN_OFF", "Written off"


class PaymentStatus(models.TextChoices):
    PENDING = "PENDING", "Waiting"
    SUCCEEDED = "SUCCEEDED", "Received"
    FAILED = "FAILED", "Failed"
    EXPIRED = "EXPIRED", "Expired"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED", "Partly refunded"
    REFUNDED = "REFUNDED", "Refunded"


class RefundStatus(models.TextChoices):
    REQUESTED = "REQUESTED", "Asked for"
    APPROVED = "APPROVED", "Approved"
    DONE = "DONE", "Paid back"
    FAILED = "FAILED", "Not paid back"


class WriteOffStatus(models.TextChoices):
    ASKED = "ASKED", "Asked for"
    APPROVED = "APPROVED", "Written off"
    REFUSED = "REFUSED", "Refused"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


# Bills on which money may still be received.
OPEN_BILL = (BillStatus.FINALIZED, BillStatus.PARTIALLY_PAID)
# Payments whose money is in the clinic's hands, or was.
RECEIVED = (PaymentStatus.SUCCEEDED, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED)


def _has_lines(bill: Any) -> str | None:
    return None if bill.lines.exists() else "Add at least one line first."


# The moves between FINALIZED, PARTIALLY_PAID and PAID are made by the database itself when an allocation is
# written: paid-ness is never claimed, only derived.
BILL = Lifecycle(
    of="billing.Bill",
    noun="bill",
    states=BillStatus,
    initial=(BillStatus.DRAFT,),
    moves=(
        Move("finalize", (BillStatus.DRAFT,), BillStatus.FINALIZED, "finalise the bill", CHARGE,
             requires=(_has_lines,), icon="check"),
        Move("receive_part", (BillStatus.FINALIZED,), BillStatus.PARTIALLY_PAID, "receive a part", TAKE_PAYMENT,
             automatic=True),
        Move("receive_all", (BillStatus.FINALIZED, BillStatus.PARTIALLY_PAID), BillStatus.PAID, "receive all",
             TAKE_PAYMENT, automatic=True),
        Move("release_part", (BillStatus.PAID,), BillStatus.PARTIALLY_PAID, "take a part back on account", VOID_BILL,
             automatic=True),
        Move("release_all", (BillStatus.PARTIALLY_PAID, BillStatus.PAID), BillStatus.FINALIZED,
             "take all back on account", VOID_BILL, automatic=True),
        Move("void", (BillStatus.DRAFT, BillStatus.FINALIZED), BillStatus.VOID, "cancel the bill", VOID_BILL,
             reason_needed=True, icon="ban"),
        Move("write_off", OPEN_BILL, BillStatus.WRITTEN_OFF, "write off what is owed", GIVE_UP,
             reason_needed=True, icon="eraser"),
    ),
    seals=(BillStatus.FINALIZED, BillStatus.PARTIALLY_PAID, BillStatus.PAID, BillStatus.VOID, BillStatus.WRITTEN_OFF),
    open_columns=("allocated", "credited", "written_off"),
)  # fmt: skip

PAYMENT = Lifecycle(
    of="billing.Payment",
    noun="payment",
    states=PaymentStatus,
    initial=(PaymentStatus.PENDING,),
    moves=(
        Move("succeed", (PaymentStatus.PENDING,), PaymentStatus.SUCCEEDED, "receive the payment", TAKE_PAYMENT,
             automatic=True),
        Move("fail", (PaymentStatus.PENDING,), PaymentStatus.FAILED, "record that the payment failed", TAKE_PAYMENT,
             automatic=True),
        Move("expire", (PaymentStatus.PENDING,), PaymentStatus.EXPIRED, "let the payment expire", TAKE_PAYMENT,
             automatic=True),
        Move("refund_part", (PaymentStatus.SUCCEEDED,), PaymentStatus.PARTIALLY_REFUNDED, "refund a part", REFUND_MONEY,
             automatic=True),
        Move("refund_all", (PaymentStatus.SUCCEEDED, PaymentStatus.PARTIALLY_REFUNDED), PaymentStatus.REFUNDED,
             "refund all", REFUND_MONEY, automatic=True),
    ),
    seals=(*RECEIVED, PaymentStatus.FAILED, PaymentStatus.EXPIRED),
    open_columns=("allocated", "refunding", "refunded", "plan_id"),
)  # fmt: skip

REFUND = Lifecycle(
    of="billing.Refund",
    noun="refund",
    states=RefundStatus,
    initial=(RefundStatus.REQUESTED,),
    moves=(
        Move("approve", (RefundStatus.REQUESTED,), RefundStatus.APPROVED, "approve the refund", REFUND_MONEY,
             icon="check"),
        Move("done", (RefundStatus.APPROVED,), RefundStatus.DONE, "record the money as paid back", REFUND_MONEY,
             icon="banknote"),
        Move("fail", (RefundStatus.REQUESTED, RefundStatus.APPROVED), RefundStatus.FAILED, "turn the refund down",
             REFUND_MONEY, reason_needed=True, icon="x"),
    ),
    seals=(RefundStatus.DONE, RefundStatus.FAILED),
)  # fmt: skip

WRITE_OFF = Lifecycle(
    of="billing.WriteOff",
    noun="write-off",
    states=WriteOffStatus,
    initial=(WriteOffStatus.ASKED,),
    moves=(
        Move("approve", (WriteOffStatus.ASKED,), WriteOffStatus.APPROVED, "write off what is owed", GIVE_UP,
             where=(Row.filled("decided_at"),), icon="check"),
        Move("refuse", (WriteOffStatus.ASKED,), WriteOffStatus.REFUSED, "refuse the write-off", GIVE_UP,
             where=(Row.filled("decided_at"),), reason_needed=True, icon="x"),
        Move("withdraw", (WriteOffStatus.ASKED,), WriteOffStatus.WITHDRAWN, "withdraw the write-off", CHARGE,
             reason_needed=True, icon="undo-2"),
    ),
    seals=(WriteOffStatus.APPROVED, WriteOffStatus.REFUSED, WriteOffStatus.WITHDRAWN),
)  # fmt: skip
