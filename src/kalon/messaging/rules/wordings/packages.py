"""What is said before something that was paid for can be used no longer."""

from kalon.messaging.rules.known import Known, Purpose
from kalon.messaging.rules.wordings.samples import WHO

KNOWN = (
    Known(
        "package-expires-soon",
        "A package ends soon",
        {
            **WHO,
            "package": "Smooth and glow",
            "left": "3",
            "until": "Tuesday 24 November 2026",
            "branch": "Bandra",
        },
        purpose=Purpose.REMINDER,
        waits=True,
        subject="Your package can be used until {{ until }}",
        sms="{{ clinic }}: {{ left }} sessions of {{ package }} are left. Use them by {{ until }}.",
        body="""\
Hello {{ name }},

{{ left }} sessions of your package {{ package }} are left. You can use them until {{ until }}.
{{ branch }}

Book a time on our pages, or call us. If you cannot come in time, tell us before that day.

{{ clinic }}""",
    ),
)
