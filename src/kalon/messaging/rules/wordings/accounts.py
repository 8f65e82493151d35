"""What is said about accounts and signing in."""

from kalon.messaging.rules.known import Known, Purpose
from kalon.messaging.rules.wordings.samples import CLINIC, WHO

KNOWN = (
    Known(
        "registration-code",
        "Code to confirm a registration",
        {**WHO, "code": "482913", "minutes": "10"},
        subject="Your code is {{ code }}",
        sms="{{ code }} is your code for {{ clinic }}. It works for {{ minutes }} minutes. Never tell it to anybody.",
        purpose=Purpose.CODE,
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
        purpose=Purpose.CODE,
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
        purpose=Purpose.CODE,
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
        purpose=Purpose.LEGAL,
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
)
