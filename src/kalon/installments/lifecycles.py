"""The states of payment plans, their parts and outside loans, and every move between them."""

from django.db import models

from kalon.kernel.lifecycle import Lifecycle, Move

VIEW = "installments.view"
MANAGE = "installments.manage"
WAIVE = "installments.waive"
CHOOSE = "installments.choose"


class Frequency(models.TextChoices):
    WEEKLY = "WEEKLY", "Weekly"
    BIWEEKLY = "BIWEEKLY", "Every two weeks"
    MONTHLY = "MONTHLY", "Monthly"


class PlanStatus(models.TextChoices):
    ACTIVE = "ACTIVE", "Running"
    COMPLETED = "COMPLETED", "Paid"
    DEFAULTED = "DEFAULTED", "Broken"
    CANCELLED = "CANCELLED", "Ended"


class PartStatus(models.TextChoices):
    DUE = "DUE", "To come"
    PARTIAL = "PARTIAL", "Partly paid"
    PAID = "PAID", "Paid"
    OVERDUE = "OVERDUE", "Overdue"
    WAIVED = "WAIVED", "Waived"


class LoanStatus(models.TextChoices):
    APPROVED = "APPROVED", "Approved"
    PAID_OUT = "PAID_OUT", "Paid to the clinic"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


# Money of the plan's treatment is counted for it, and reopens or settles it. One of these at a time for a treatment.
COUNTED = (PlanStatus.ACTIVE, PlanStatus.COMPLETED, PlanStatus.DEFAULTED)
# Something may still be owed.
OPEN = (PlanStatus.ACTIVE, PlanStatus.DEFAULTED)
# Parts for which money is still to come.
UNPAID = (PartStatus.DUE, PartStatus.PARTIAL, PartStatus.OVERDUE)


# "complete" and "reopen" are made by the database itself when money comes or goes: paid-ness is never claimed.
PAYMENT_PLAN = Lifecycle(
    of="installments.PaymentPlan",
    noun="payment plan",
    states=PlanStatus,
    initial=(PlanStatus.ACTIVE,),
    moves=(
        Move("complete", OPEN, PlanStatus.COMPLETED, "settle the payment plan", MANAGE, automatic=True),
        Move("reopen", (PlanStatus.COMPLETED,), PlanStatus.ACTIVE, "owe on it again", MANAGE, automatic=True),
        Move("default", (PlanStatus.ACTIVE,), PlanStatus.DEFAULTED, "say that the agreement is broken", MANAGE,
             reason_needed=True, icon="triangle-alert"),
        Move("replan", OPEN, PlanStatus.CANCELLED, "agree on new dates", MANAGE, reason_needed=True,
             icon="calendar-sync", automatic=True),
        Move("cancel", OPEN, PlanStatus.CANCELLED, "end the payment plan", MANAGE, reason_needed=True, icon="ban"),
    ),
    seals=tuple(PlanStatus),
    open_columns=("received", "waived"),
)  # fmt: skip

# All but "waive" are derived: from the money received, and from the day it is.
INSTALLMENT = Lifecycle(
    of="installments.Installment",
    noun="instalment",
    states=PartStatus,
    initial=(PartStatus.DUE,),
    moves=(
        Move("receive_part", (PartStatus.DUE, PartStatus.PAID), PartStatus.PARTIAL, "count a part as received", MANAGE,
             automatic=True),
        Move("receive_all", (PartStatus.DUE, PartStatus.PARTIAL, PartStatus.OVERDUE), PartStatus.PAID,
             "count it as paid", MANAGE, automatic=True),
        Move("fall_due", (PartStatus.DUE, PartStatus.PARTIAL, PartStatus.PAID), PartStatus.OVERDUE,
             "see that its day has passed", MANAGE, automatic=True),
        Move("give_back", (PartStatus.PARTIAL, PartStatus.PAID), PartStatus.DUE, "see its money go back", MANAGE,
             automatic=True),
        Move("waive", (PartStatus.DUE, PartStatus.OVERDUE), PartStatus.WAIVED, "let the patient off this instalment",
             WAIVE, reason_needed=True, icon="hand-heart"),
    ),
    seals=tuple(PartStatus),
    open_columns=("paid", "told", "waived_reason"),
)  # fmt: skip

FINANCING = Lifecycle(
    of="installments.Financing",
    noun="loan",
    states=LoanStatus,
    initial=(LoanStatus.APPROVED,),
    moves=(
        Move("pay_out", (LoanStatus.APPROVED,), LoanStatus.PAID_OUT, "record that the lender paid the clinic", MANAGE,
             icon="banknote"),
        Move("withdraw", (LoanStatus.APPROVED,), LoanStatus.WITHDRAWN, "record that the loan is off", MANAGE,
             reason_needed=True, icon="x"),
    ),
    seals=tuple(LoanStatus),
    open_columns=("payment_id",),
)  # fmt: skip
