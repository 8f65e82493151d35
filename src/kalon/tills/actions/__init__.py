"""Everything that may be done with drawers, days and checkouts; the only writer of tills' tables."""

from kalon.tills.actions.beginning import begin_checkout, bill_case
from kalon.tills.actions.checkout import TENDERS, WALLET, Tender, checkout
from kalon.tills.actions.covering import charge_session, cover_session
from kalon.tills.actions.days import close_day, reopen_day
from kalon.tills.actions.drawers import (
    add_drawer,
    close_drawer,
    count_again,
    count_drawer,
    explain,
    move_cash,
    open_drawer,
    set_policy,
)
from kalon.tills.actions.paper import checkout_pdf, z_report_pdf
from kalon.tills.actions.receipts import send_receipt
from kalon.tills.actions.same_day import (
    Treatment,
    approve_today,
    book_today,
    open_today,
    pay_today,
    plan_today,
    quote_today,
)

__all__ = [
    "TENDERS",
    "WALLET",
    "Tender",
    "Treatment",
    "add_drawer",
    "approve_today",
    "begin_checkout",
    "bill_case",
    "book_today",
    "charge_session",
    "checkout",
    "checkout_pdf",
    "close_day",
    "close_drawer",
    "count_again",
    "count_drawer",
    "cover_session",
    "explain",
    "move_cash",
    "open_drawer",
    "open_today",
    "pay_today",
    "plan_today",
    "quote_today",
    "reopen_day",
    "send_receipt",
    "set_policy",
    "z_report_pdf",
]
