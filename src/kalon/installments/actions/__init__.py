"""Everything that may be done with payment plans; the only writer of their tables."""

from kalon.installments.actions.agreeing import agree_chosen, choose_parts, make_plan, replan
from kalon.installments.actions.crediting import credit_waived
from kalon.installments.actions.ending import break_if_late, cancel, count_again, default, waive
from kalon.installments.actions.loans import loan_paid_out, record_financing, withdraw_financing
from kalon.installments.actions.offering import set_terms
from kalon.installments.actions.paper import agreement_pdf
from kalon.installments.actions.paying import pay, settle_early
from kalon.installments.actions.telling import remind

__all__ = [
    "agree_chosen",
    "agreement_pdf",
    "break_if_late",
    "cancel",
    "choose_parts",
    "count_again",
    "credit_waived",
    "default",
    "loan_paid_out",
    "make_plan",
    "pay",
    "record_financing",
    "remind",
    "replan",
    "set_terms",
    "settle_early",
    "waive",
    "withdraw_financing",
]
