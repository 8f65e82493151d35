"""What is said about quotes."""

from kalon.messaging.rules.known import Known, Purpose
from kalon.messaging.rules.wordings.samples import WHO

OFFER = {
    **WHO,
    "number": "Q-BAN-2026-0042",
    "valid_until": "30 November 2026",
    "link": "https://clinic.example/my/quotes/1",
    "branch": "Bandra",
}

KNOWN = (
    Known(
        "quote-sent",
        "A quote is ready",
        OFFER,
        subject="Your quote {{ number }} is ready",
        sms="{{ clinic }}: your quote {{ number }} is ready. It holds until {{ valid_until }}. {{ link }}",
        body="""\
Hello {{ name }},

your quote {{ number }} is ready. The price holds until {{ valid_until }}.

Read it, compare what is offered, ask us, and accept it here:
{{ link }}

{{ clinic }}, {{ branch }}""",
    ),
    Known(
        "quote-expires",
        "A quote ends soon",
        OFFER,
        purpose=Purpose.REMINDER,
        waits=True,
        subject="Your quote {{ number }} holds until {{ valid_until }}",
        sms="{{ clinic }}: your quote {{ number }} holds until {{ valid_until }}. {{ link }}",
        body="""\
Hello {{ name }},

your quote {{ number }} holds until {{ valid_until }}. After that day we make you a new one.

You find it here, and you can ask us something before you decide:
{{ link }}

{{ clinic }}, {{ branch }}""",
    ),
    Known(
        "quote-answered",
        "A question about a quote is answered",
        {key: OFFER[key] for key in (*WHO, "number", "link")},
        subject="We answered your question about quote {{ number }}",
        sms="{{ clinic }}: we answered your question about quote {{ number }}: {{ link }}",
        body="""\
Hello {{ name }},

we answered your question about quote {{ number }}. You find the answer here:
{{ link }}

{{ clinic }}""",
    ),
)
