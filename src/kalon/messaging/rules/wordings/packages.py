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
    Known(
        "voucher-ends-soon",
        "A gift voucher ends soon",
        {
            **WHO,
            "ending": "7Q2M",
            "left": "₹3,800.00",
            "until": "Tuesday 24 November 2026",
            "branch": "Bandra",
        },
        purpose=Purpose.REMINDER,
        waits=True,
        subject="Your gift voucher can be redeemed until {{ until }}",
        sms="{{ clinic }}: {{ left }} of the gift voucher ending in {{ ending }} are left. Redeem them by {{ until }}.",
        body="""\
Hello {{ name }},

{{ left }} of the gift voucher that you bought are left; its code ends in {{ ending }}.
It can be redeemed until {{ until }}.
{{ branch }}

Did you give it away? Please tell whoever has it. If that day is too early, call us before it.

{{ clinic }}""",
    ),
    Known(
        "membership-ends-soon",
        "A membership ends soon",
        {
            **WHO,
            "membership": "Gold",
            "percent": "10",
            "until": "Tuesday 24 November 2026",
            "branch": "Bandra",
        },
        purpose=Purpose.REMINDER,
        waits=True,
        subject="Your membership {{ membership }} ends on {{ until }}",
        sms="{{ clinic }}: your membership {{ membership }} ends on {{ until }}. Call us to renew it.",
        body="""\
Hello {{ name }},

the last day of your membership {{ membership }} is {{ until }}. Until then you pay {{ percent }} % less.
{{ branch }}

It does not renew by itself. If you would like to stay a member, call us or tell us at your next visit.

{{ clinic }}""",
    ),
    Known(
        "membership-renewed",
        "A membership is paid and goes on",
        {
            **WHO,
            "membership": "Gold",
            "percent": "10",
            "since": "Wednesday 25 November 2026",
            "until": "Wednesday 24 November 2027",
            "branch": "Bandra",
        },
        subject="Your membership {{ membership }} goes on until {{ until }}",
        sms="{{ clinic }}: your membership {{ membership }} goes on from {{ since }} until {{ until }}.",
        body="""\
Hello {{ name }},

thank you: your membership {{ membership }} is renewed.
It goes on from {{ since }} until {{ until }}, and you pay {{ percent }} % less in that time.
{{ branch }}

{{ clinic }}""",
    ),
)
