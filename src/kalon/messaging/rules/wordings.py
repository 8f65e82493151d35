"""The wordings that come with Kalon, used until the clinic writes its own; each with names filled in for a preview."""

from kalon.messaging.rules.known import Known

CLINIC = {"clinic": "Sharanya Clinic"}
WHO = {"name": "Meera", **CLINIC}
VISIT = {
    **WHO,
    "number": "SK-A-000123",
    "day": "Tuesday 24 November 2026",
    "time": "15:00",
    "doctor": "Dr Rohan Shah",
    "service": "Consultation with the surgeon",
    "branch": "Bandra",
    "address": "12 Hill Road, Mumbai",
    "reason": "",
}

KNOWN = (
    Known(
        "registration-code",
        "Code to confirm a registration",
        {**WHO, "code": "482913", "minutes": "10"},
        subject="Your code is {{ code }}",
        sms="{{ code }} is your code for {{ clinic }}. It works for {{ minutes }} minutes. Never tell it to anybody.",
        is_secret=True,
        body="""\
Hello {{ name }},

your code is {{ code }}. It works for {{ minutes }} minutes.

Did not ask for it? Then do nothing: no account is opened.

{{ clinic }}""",
    ),
    Known(
        "sign-in-code",
        "Code to sign in",
        {**CLINIC, "code": "482913", "minutes": "5"},
        subject="Your sign-in code is {{ code }}",
        sms="{{ code }} is your sign-in code for {{ clinic }}. Never tell it to anybody.",
        is_secret=True,
        body="""\
Your sign-in code is {{ code }}. It works for {{ minutes }} minutes.

Nobody from the clinic will ever ask you for it.

{{ clinic }}""",
    ),
    Known(
        "password-reset-code",
        "Code to set a new password",
        {**CLINIC, "code": "482913", "minutes": "10"},
        subject="Your code to set a new password is {{ code }}",
        sms="{{ code }} is your code to set a new password at {{ clinic }}. Never tell it to anybody.",
        is_secret=True,
        body="""\
Your code to set a new password is {{ code }}. It works for {{ minutes }} minutes.

Did not ask for it? Your password stays as it is.

{{ clinic }}""",
    ),
    Known(
        "account-exists",
        "Somebody registered with an address that has an account",
        {**CLINIC},
        subject="You already have an account",
        sms="You already have an account at {{ clinic }}. Sign in, or ask for a code there.",
        body="""\
Somebody tried to register with this address, and you already have an account with us.

Was it you? Sign in, or ask for a one-time code there. If not, do nothing.

{{ clinic }}""",
    ),
    Known(
        "registration-welcome",
        "Welcome after registration",
        {**WHO, "mrn": "SK-000512"},
        subject="Welcome to {{ clinic }}",
        sms="Welcome to {{ clinic }}, {{ name }}. Your number with us is {{ mrn }}.",
        body="""\
Hello {{ name }},

your record is open. Your number with us is {{ mrn }}.

You can book visits, pay, and read your summaries on our pages.

{{ clinic }}""",
    ),
    Known(
        "appointment-requested",
        "A visit was asked for",
        VISIT,
        subject="We have your request for {{ day }}",
        sms="{{ clinic }}: we have your request for {{ day }}, {{ time }}. We will answer soon.",
        body="""\
Hello {{ name }},

we have your request and will answer soon:

{{ day }} at {{ time }}
{{ service }}
With {{ doctor }}
{{ branch }}
{{ address }}

{{ clinic }}""",
    ),
    Known(
        "appointment-confirmed",
        "A visit is confirmed",
        VISIT,
        subject="Your visit on {{ day }} at {{ time }}",
        sms="{{ clinic }}: your visit on {{ day }} at {{ time }} is confirmed. {{ branch }}.",
        body="""\
Hello {{ name }},

your visit is confirmed:

{{ day }} at {{ time }}
{{ service }}
With {{ doctor }}
{{ branch }}
{{ address }}

You cannot come? Move or cancel it on our pages, or call us.

{{ clinic }}""",
    ),
    Known(
        "appointment-cancelled",
        "A visit was cancelled",
        VISIT,
        subject="Your visit on {{ day }} is cancelled",
        sms="{{ clinic }}: your visit on {{ day }} at {{ time }} is cancelled.",
        body="""\
Hello {{ name }},

your visit on {{ day }} at {{ time }} is cancelled.
Reason: {{ reason }}

Book another time on our pages, or call us.

{{ clinic }}""",
    ),
    Known(
        "appointment-rescheduled",
        "A visit was moved",
        VISIT,
        subject="Your visit is now on {{ day }} at {{ time }}",
        sms="{{ clinic }}: your visit is now on {{ day }} at {{ time }}. {{ branch }}.",
        body="""\
Hello {{ name }},

your visit has a new time:

{{ day }} at {{ time }}
{{ service }}
With {{ doctor }}
{{ branch }}
{{ address }}

{{ clinic }}""",
    ),
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
        "summary-ready",
        "A visit's summary can be read",
        {**WHO, "doctor": "Dr Rohan Shah", "day": "Tuesday 24 November 2026"},
        subject="The summary of your visit is ready",
        sms="{{ clinic }}: the summary of your visit is ready. Sign in to read it.",
        body="""\
Hello {{ name }},

the summary of your visit on {{ day }} with {{ doctor }} is ready. Sign in to read it.

{{ clinic }}""",
    ),
)

# Subject, text and SMS in other languages; to be read by a native speaker before use.
TRANSLATED = {
    ("registration-code", "hi"): (
        "आपका कोड {{ code }} है",
        """\
नमस्ते {{ name }},

आपका कोड {{ code }} है। यह {{ minutes }} मिनट तक चलेगा।

{{ clinic }}""",
        "{{ code }} {{ clinic }} के लिए आपका कोड है। इसे किसी को न बताएँ।",
    ),
    ("sign-in-code", "hi"): (
        "आपका साइन-इन कोड {{ code }} है",
        """\
आपका साइन-इन कोड {{ code }} है। यह {{ minutes }} मिनट तक चलेगा। इसे किसी को न बताएँ।

{{ clinic }}""",
        "{{ code }} {{ clinic }} के लिए आपका साइन-इन कोड है। इसे किसी को न बताएँ।",
    ),
    ("appointment-confirmed", "hi"): (
        "आपका अपॉइंटमेंट: {{ day }}, {{ time }}",
        """\
नमस्ते {{ name }},

आपका अपॉइंटमेंट पक्का हो गया है:

{{ day }}, {{ time }}
{{ service }}
{{ doctor }}
{{ branch }}
{{ address }}

{{ clinic }}""",
        "{{ clinic }}: आपका अपॉइंटमेंट {{ day }}, {{ time }} पक्का है। {{ branch }}",
    ),
}
