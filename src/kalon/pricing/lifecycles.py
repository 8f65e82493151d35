"""The states of an approval of a discount, and every move between them."""

from django.db import models

from kalon.kernel.lifecycle import Lifecycle, Move, Row

MANAGE = "pricing.manage"
APPROVE = "pricing.approve_discount"
CHARGE = "billing.charge"


class ApprovalStatus(models.TextChoices):
    ASKED = "ASKED", "Asked for"
    APPROVED = "APPROVED", "Approved"
    REFUSED = "REFUSED", "Refused"
    USED = "USED", "Used"


APPROVAL = Lifecycle(
    of="pricing.DiscountApproval",
    noun="approval",
    states=ApprovalStatus,
    initial=(ApprovalStatus.ASKED,),
    moves=(
        Move("approve", (ApprovalStatus.ASKED,), ApprovalStatus.APPROVED, "approve the discount", APPROVE,
             where=(Row.filled("decided_at"),), icon="check"),
        Move("refuse", (ApprovalStatus.ASKED,), ApprovalStatus.REFUSED, "refuse the discount", APPROVE,
             where=(Row.filled("decided_at"),), reason_needed=True, icon="x"),
        Move("use", (ApprovalStatus.APPROVED,), ApprovalStatus.USED, "give the approved discount", CHARGE,
             automatic=True),
    ),
    seals=(ApprovalStatus.REFUSED, ApprovalStatus.USED),
)  # fmt: skip
