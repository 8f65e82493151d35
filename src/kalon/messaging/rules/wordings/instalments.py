"""What is said when something is paid in parts: before a part is due, and gently after."""

from kalon.messaging.rules.known import Known, Purpose
from kalon.messaging.rules.wordings.samples import WHO

PART = {
    **WHO,
    "amount": "₹14,160.00",
    "due": "Thursday 24 December 2026",
    "number": "PP-2026-0007",
    "branch": "Bandra",
}
KNOWN = (
    Known(
        "payment-plan-agreed",
        "Paying in parts was agreed",
        {
            **WHO,
            "number": "PP-2026-0007",
            "total": "₹42,480.00",
            "parts": "₹14,160.00 on 24 November 2026",
            "branch": "Bandra",
        },
        subject="Your payments: {{ total }} in parts",
        sms="{{ clinic }}: we agreed on {{ total }} in parts ({{ number }}). The days are on our pages.",
        body="""\
Hello {{ name }},

we agreed that you pay {{ total }} in parts, without interest and without a fee:
{{ parts }}

Number {{ number }}. The days and what is paid already are on our pages, under your bills.

{{ clinic }}""",
    ),
    Known(
        "installment-due",
        "A part is due soon",
        PART,
        purpose=Purpose.REMINDER,
        waits=True,
        subject="{{ amount }} is due on {{ due }}",
        sms="{{ clinic }}: {{ amount }} of your payment plan {{ number }} is due on {{ due }}.",
        body="""\
Hello {{ name }},

a friendly note: the next part of your payment plan {{ number }} is due on {{ due }}.
{{ amount }}

Pay on our pages, or at the desk in {{ branch }}. You paid already? Then there is nothing to do.

{{ clinic }}""",
    ),
    Known(
        "installment-overdue",
        "A part is overdue",
        PART,
        waits=True,
        subject="{{ amount }} was due on {{ due }}",
        sms="{{ clinic }}: {{ amount }} of your payment plan {{ number }} was due on {{ due }}. Pay, or call us.",
        body="""\
Hello {{ name }},

a part of your payment plan {{ number }} was due on {{ due }} and has not arrived yet.
{{ amount }}

It may have slipped your mind: pay on our pages, or at the desk in {{ branch }}.
Is it difficult just now? Call us, and we look for days that suit you better.

{{ clinic }}""",
    ),
    Known(
        "installment-overdue-again",
        "A part is still overdue",
        PART,
        waits=True,
        subject="Please call us about {{ number }}",
        sms="{{ clinic }}: {{ amount }} of your payment plan {{ number }} is open since {{ due }}. Please call us.",
        body="""\
Hello {{ name }},

we wrote to you before: a part of your payment plan {{ number }}, due on {{ due }}, is still open.
{{ amount }}

Please pay it on our pages or in {{ branch }}, or call us this week, so that we can agree on new days together.
Without a word from you the agreement ends, and what is left becomes due at once.

{{ clinic }}""",
    ),
)
