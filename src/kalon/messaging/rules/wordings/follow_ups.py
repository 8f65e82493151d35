"""What is said when a patient was to come again and has not booked."""

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
)
