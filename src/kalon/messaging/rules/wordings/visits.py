"""What is said about visits."""

from kalon.messaging.rules.known import Known
from kalon.messaging.rules.wordings.samples import ASKED, VISIT

KNOWN = (
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
        "series-confirmed",
        "Several visits are confirmed at once",
        {
            **VISIT,
            "count": "3",
            "last_day": "Tuesday 8 December 2026",
            "visits": "Tuesday 24 November, 15:00\nTuesday 1 December, 15:00\nTuesday 8 December, 15:00",
        },
        subject="Your {{ count }} visits from {{ day }}",
        sms="{{ clinic }}: your {{ count }} visits are confirmed, the first on {{ day }} at {{ time }}, the last on "
        "{{ last_day }}. {{ branch }}.",
        body="""\
Hello {{ name }},

your {{ count }} visits are confirmed:

{{ visits }}

{{ service }}
With {{ doctor }}
{{ branch }}
{{ address }}

One of them does not suit you? Move or cancel it on our pages, or call us.

{{ clinic }}""",
    ),
    Known(
        "appointment-cancelled",
        "A visit was cancelled",
        VISIT,
        subject="Your visit on {{ day }} is cancelled",
        sms="{{ clinic }}: your visit on {{ day }} at {{ time }} is cancelled.",
        waits=True,
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
        waits=True,
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
        "check-in-notice",
        "The patient is checked in",
        {**VISIT, "before_you": "2"},
        subject="You are checked in",
        sms="{{ clinic }}: you are checked in. Before you: {{ before_you }}. We will call you.",
        body="""\
Hello {{ name }},

you are checked in for {{ time }} with {{ doctor }}.
Patients before you: {{ before_you }}

Please stay near the waiting room: we will call you.

{{ clinic }}""",
    ),
    Known(
        "waiting-list-offer",
        "A time became free for somebody who waits",
        {**ASKED, "answer_by": "Monday 23 November, 18:00"},
        subject="A time is free for you: {{ day }}, {{ time }}",
        sms="{{ clinic }}: {{ day }}, {{ time }} is free. The first who takes it has it: {{ link }}",
        waits=True,
        body="""\
Hello {{ name }},

you asked us to tell you when a time becomes free. This one is:

{{ day }} at {{ time }}
{{ service }}
With {{ doctor }}
{{ branch }}

Take it here, before {{ answer_by }}:
{{ link }}

Others who wait may have been asked too: the first who takes it has it.

{{ clinic }}""",
    ),
    Known(
        "payment-request",
        "A visit waits for its payment",
        {**ASKED, "amount": "INR 1,200.00", "pay_by": "Monday 23 November, 18:00"},
        subject="Please pay {{ amount }} to confirm your visit",
        sms="{{ clinic }}: pay {{ amount }} by {{ pay_by }} to confirm {{ day }}, {{ time }}. {{ link }}",
        body="""\
Hello {{ name }},

your visit on {{ day }} at {{ time }} is kept for you until {{ pay_by }}. It is confirmed once {{ amount }} is paid.

Pay here: {{ link }}

{{ clinic }}""",
    ),
    Known(
        "no-show-follow-up",
        "The patient did not come",
        ASKED,
        subject="We missed you on {{ day }}",
        sms="{{ clinic }}: we missed you on {{ day }}. Book another time: {{ link }}",
        waits=True,
        body="""\
Hello {{ name }},

we expected you on {{ day }} at {{ time }}, and hope that all is well.

Would you like another time? Choose one here, or call us:
{{ link }}

{{ clinic }}""",
    ),
)
