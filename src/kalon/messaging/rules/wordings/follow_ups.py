"""What is said when a patient was to come again and has not booked, when a treatment is done or aftercare over."""

from kalon.messaging.rules.known import Known, Purpose
from kalon.messaging.rules.wordings.samples import WHO

KNOWN = (
    Known(
        "follow-up-overdue",
        "A follow-up is overdue",
        {**WHO, "due": "Tuesday 24 November 2026", "doctor": "Dr Rohan Shah", "branch": "Bandra"},
        purpose=Purpose.REMINDER,
        waits=True,
        subject="Your doctor would like to see you again",
        sms="{{ clinic }}: a visit was planned for {{ due }} and is not booked yet. Call us or book on our pages.",
        body="""\
Hello {{ name }},

your doctor would like to see you again. The visit was planned for {{ due }} and is not booked yet.
{{ doctor }}
{{ branch }}

Book a time on our pages, or call us and we find one together. You need no visit any more? Tell us, and we take it off.

{{ clinic }}""",
    ),
    Known(
        "aftercare-satisfaction",
        "How was it? Asked once aftercare is over",
        {
            **WHO,
            "doctor": "Dr Rohan Shah",
            "branch": "Bandra",
            "link": "https://clinic.example/my/plans/1/satisfaction",
        },
        purpose=Purpose.REMINDER,
        waits=True,
        subject="How are you with the result?",
        sms="{{ clinic }}: how was it with us? Tell us in a minute: {{ link }}",
        body="""\
Hello {{ name }},

your visits after the treatment are done. We would like to know how satisfied you are, and what we could do better.
It takes a minute:
{{ link }}

Something worries you? Call us, do not wait for an answer.
{{ doctor }}
{{ clinic }}, {{ branch }}""",
    ),
    Known(
        "instructions-after",
        "What to do afterwards, when a treatment or an operation is done",
        {
            **WHO,
            "doctor": "Dr Rohan Shah",
            "branch": "Bandra",
            "phone": "+91 484 000000",
            "link": "https://clinic.example/my",
        },
        waits=True,
        subject="What to do now, and what to look for",
        sms="{{ clinic }}: what to do now, what is normal and when to call: {{ link }} Call us: {{ phone }}",
        body="""\
Hello {{ name }},

what to do in the next days, what is normal, and what should make you call us:
{{ link }}

You read it there in your language, and can keep or print it.

Something worries you? Call us at once: {{ phone }}. In an emergency go to the nearest hospital.
{{ doctor }}
{{ clinic }}, {{ branch }}""",
    ),
)
