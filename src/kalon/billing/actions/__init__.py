"""Everything that may be done with bills and money; the only writer of billing's tables."""

from kalon.billing.actions import embedded as _embedded  # the gateways make themselves known
from kalon.billing.actions.accounts import choose_gateway, set_up_gateway, try_gateway
from kalon.billing.actions.advances import free_deposit, receive_advance, receive_voucher
from kalon.billing.actions.buyers import set_buyer
from kalon.billing.actions.calling import expire_waiting, go_to_gateway
from kalon.billing.actions.charging import (
    LineDetails,
    add_line,
    bill_appointment,
    draft_bill,
    draft_for_appointment,
    finalize,
    remove_line,
)
from kalon.billing.actions.correcting import (
    approve_refund,
    credit_line,
    credit_value,
    refund_done,
    refund_failed,
    release,
    request_refund,
    void_bill,
)
from kalon.billing.actions.fees import charge_fee, take_back_fee, waive_fee
from kalon.billing.actions.gateways import razorpay as _razorpay
from kalon.billing.actions.gateways import stripe as _stripe
from kalon.billing.actions.hearing import receive, settle_online
from kalon.billing.actions.links import make_advance_link, make_pay_link, revoke_pay_link, send_pay_link
from kalon.billing.actions.online import start_online_advance, start_online_payment
from kalon.billing.actions.paper import credit_note_pdf, invoice_pdf, receipt_pdf, upi_link_of
from kalon.billing.actions.policy import set_billing_policy
from kalon.billing.actions.prices import ask_for_discount, discount_line
from kalon.billing.actions.receiving import apply_on_account, take_payment
from kalon.billing.actions.statements import send_statement, statement_pdf
from kalon.billing.actions.transfers import transfer_on_account
from kalon.billing.actions.write_offs import (
    approve_write_off,
    ask_write_off,
    refuse_write_off,
    withdraw_write_off,
    write_off,
)

__all__ = [
    "LineDetails",
    "_embedded",
    "_razorpay",
    "_stripe",
    "add_line",
    "apply_on_account",
    "approve_refund",
    "approve_write_off",
    "ask_for_discount",
    "ask_write_off",
    "bill_appointment",
    "charge_fee",
    "choose_gateway",
    "credit_line",
    "credit_note_pdf",
    "credit_value",
    "discount_line",
    "draft_bill",
    "draft_for_appointment",
    "expire_waiting",
    "finalize",
    "free_deposit",
    "go_to_gateway",
    "invoice_pdf",
    "make_advance_link",
    "make_pay_link",
    "receipt_pdf",
    "receive",
    "receive_advance",
    "receive_voucher",
    "refund_done",
    "refund_failed",
    "refuse_write_off",
    "release",
    "remove_line",
    "request_refund",
    "revoke_pay_link",
    "send_pay_link",
    "send_statement",
    "set_billing_policy",
    "set_buyer",
    "set_up_gateway",
    "settle_online",
    "start_online_advance",
    "start_online_payment",
    "statement_pdf",
    "take_back_fee",
    "take_payment",
    "transfer_on_account",
    "try_gateway",
    "upi_link_of",
    "void_bill",
    "waive_fee",
    "withdraw_write_off",
    "write_off",
]
