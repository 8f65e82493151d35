"""What is said about bills and records."""

from kalon.messaging.rules.known import Known, Purpose
from kalon.messaging.rules.wordings.samples import CLINIC, WHO

KNOWN = (
    Known(
        "payment-received",
        "A payment was received",
        {
            **WHO,
            "amount": "INR 1,200.00",
            "receipt": "R-2026-000042",
            "bill": "B-2026-000040",
            "on_account": "",
            "branch": "Bandra",
        },
        subject="Receipt {{ receipt }}: we received {{ amount }}",
        sms="{{ clinic }}: we received {{ amount }}. Receipt {{ receipt }}.",
        body="""\
Hello {{ name }},

we received {{ amount }}. Thank you.
Receipt: {{ receipt }}
Bill: {{ bill }}
Kept on account: {{ on_account }}

The receipt is on our pages, under your bills.

{{ clinic }}""",
    ),
    Known(
        "receipt",
        "A receipt, asked for at the desk",
        {
            **WHO,
            "amount": "INR 1,200.00",
            "bill": "B-2026-000040",
            "link": "https://clinic.example/my/bills/1",
            "branch": "Bandra",
        },
        subject="Your receipt for {{ amount }}",
        sms="{{ clinic }}: you paid {{ amount }} on bill {{ bill }}. Your receipt: {{ link }}",
        body="""\
Hello {{ name }},

you paid {{ amount }} on bill {{ bill }} at {{ branch }}. Thank you.

Bill and receipts, to read and to print:
{{ link }}

{{ clinic }}""",
    ),
    Known(
        "pay-link",
        "A link to pay a bill or a deposit",
        {
            **WHO,
            "amount": "INR 1,200.00",
            "bill": "B-2026-000040",
            "link": "https://clinic.example/pay/kG3xT5",
            "until": "Tuesday 24 November 2026",
        },
        subject="Pay {{ amount }} online",
        sms="{{ clinic }}: pay {{ amount }} for {{ bill }} here: {{ link }} The link works once, until {{ until }}.",
        body="""\
Hello {{ name }},

please pay {{ amount }} for {{ bill }} here:

{{ link }}

The link works once, until {{ until }}. If somebody else asks you for money in our name, call us.

{{ clinic }}""",
    ),
    Known(
        "statement-ready",
        "A statement of account is ready",
        {
            **WHO,
            "since": "Saturday 22 November 2025",
            "until": "Sunday 22 November 2026",
            "balance": "INR 1,200.00 to pay",
            "link": "https://clinic.example/my/statement",
        },
        subject="Your statement of account",
        sms="{{ clinic }}: your statement of account is here: {{ link }}",
        body="""\
Hello {{ name }},

your statement of account from {{ since }} to {{ until }} is ready: {{ balance }}.

{{ link }}

Sign in to read and print it. Is something not as you remember it? Call us.

{{ clinic }}""",
    ),
    Known(
        "consent-answered",
        "A question about a consent is answered",
        {**WHO, "title": "Consent to rhinoplasty", "link": "https://clinic.example/my/consents/1"},
        subject="We answered your question: {{ title }}",
        sms="{{ clinic }}: we answered your question about a consent: {{ link }}",
        body="""\
Hello {{ name }},

we answered your question about what you are reading:
{{ title }}

You find the answer here, and can go on:
{{ link }}

{{ clinic }}""",
    ),
    Known(
        "consent-code",
        "Code to sign a consent",
        {**CLINIC, "code": "482913", "minutes": "10", "number": "KOC/CN26/00042"},
        purpose=Purpose.CODE,
        subject="Your code to sign {{ number }} is {{ code }}",
        sms="{{ code }} is your code to sign {{ number }} at {{ clinic }}. It works for {{ minutes }} minutes. "
        "Never tell it to anybody.",
        body="""\
Your code to sign consent {{ number }} is {{ code }}. It works for {{ minutes }} minutes.

Typed under the consent it is your signature. Did not ask for it? Then do nothing, and tell us.

{{ clinic }}""",
    ),
    Known(
        "consent-ended",
        "To a doctor: the consent to a plan has ended",
        {**CLINIC, "number": "KOC/CN26/00042", "how": "was withdrawn", "link": "https://clinic.example/consents/1"},
        purpose=Purpose.LEGAL,
        subject="Consent {{ number }} {{ how }}",
        sms="{{ clinic }}: consent {{ number }} {{ how }}: {{ link }}",
        body="""\
The consent {{ number }} to a plan of yours {{ how }}. Nothing is done on it any more.

Look at it, and talk with the patient:
{{ link }}

{{ clinic }}""",
    ),
    Known(
        "consent-to-sign",
        "A consent waits to be read and signed",
        {**WHO, "title": "Taking and keeping photographs", "link": "https://clinic.example/my/consents/1"},
        purpose=Purpose.REMINDER,
        waits=True,
        subject="Please read and sign: {{ title }}",
        sms="{{ clinic }}: a consent waits for you to read and sign: {{ link }}",
        body="""\
Hello {{ name }},

something waits for you to read and, if you agree, to sign:
{{ title }}

{{ link }}

Read it at home in peace. What you have questions about, ask us before you sign. If you do not agree, you sign nothing.

{{ clinic }}""",
    ),
    Known(
        "summary-ready",
        "A visit's summary can be read",
        {**WHO, "doctor": "Dr Rohan Shah", "day": "Tuesday 24 November 2026"},
        subject="The summary of your visit is ready",
        sms="{{ clinic }}: the summary of your visit is ready. Sign in to read it.",
        waits=True,
        body="""\
Hello {{ name }},

the summary of your visit on {{ day }} with {{ doctor }} is ready. Sign in to read it.

{{ clinic }}""",
    ),
)
