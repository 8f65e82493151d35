"""The verbs of quotes: the only writers of their tables."""

from kalon.quotes.actions.asking import answer, ask
from kalon.quotes.actions.billing import bill_quote
from kalon.quotes.actions.bundles import (
    BundleDetails,
    PartDetails,
    add_bundle,
    change_bundle,
    plan_bundle,
    retire_bundle,
)
from kalon.quotes.actions.deciding import Signing, accept, open_quote, reject
from kalon.quotes.actions.paper import keep_paper, quote_pdf
from kalon.quotes.actions.policies import DefaultLine, PolicyDetails, set_defaults, set_policy
from kalon.quotes.actions.sending import close_of_plan, expire_due, read, remind, send, to_remind, withdraw
from kalon.quotes.actions.waiving import end_waiver, sign_self_pay, waive_money
from kalon.quotes.actions.writing import (
    LineDetails,
    Terms,
    add_line,
    add_option,
    change_line,
    change_option,
    draft_quote,
    new_version,
    remove_line,
    remove_option,
    set_terms,
)

__all__ = [
    "BundleDetails",
    "DefaultLine",
    "LineDetails",
    "PartDetails",
    "PolicyDetails",
    "Signing",
    "Terms",
    "accept",
    "add_bundle",
    "add_line",
    "add_option",
    "answer",
    "ask",
    "bill_quote",
    "change_bundle",
    "change_line",
    "change_option",
    "close_of_plan",
    "draft_quote",
    "end_waiver",
    "expire_due",
    "keep_paper",
    "new_version",
    "open_quote",
    "plan_bundle",
    "quote_pdf",
    "read",
    "reject",
    "remind",
    "remove_line",
    "remove_option",
    "retire_bundle",
    "send",
    "set_defaults",
    "set_policy",
    "set_terms",
    "sign_self_pay",
    "to_remind",
    "waive_money",
    "withdraw",
]
