"""The reminder of the day before, and what is said to the answers people give to it."""

from kalon.messaging.rules.known import Known, Purpose
from kalon.messaging.rules.wordings.samples import ASKED, VISIT, WHO

KNOWN = (
    Known(
        "appointment-reminder",
        "Reminder of a visit, the day before",
        VISIT,
        purpose=Purpose.REMINDER,
        waits=True,
        asks=True,
        subject="Tomorrow at {{ time }}: your visit",
        sms="{{ clinic }}: your visit is on {{ day }} at {{ time }}, {{ branch }}. "
        "Reply 1 to confirm, 2 to reschedule, 3 to cancel.",
        whatsapp="""\
🏥 *{{ clinic }}*

Hi {{ name }},

Your appointment is tomorrow:
📅 Date: {{ day }}
⏰ Time: {{ time }}
👨‍⚕️ Doctor: {{ doctor }}

Reply:
1️⃣ Confirm
2️⃣ Reschedule
3️⃣ Cancel""",
        body="""\
Hello {{ name }},

we expect you tomorrow:

{{ day }} at {{ time }}
{{ service }}
With {{ doctor }}
{{ branch }}
{{ address }}

You cannot come? Move or cancel it on our pages, or call us.

{{ clinic }}""",
    ),
    Known(
        "appointment-reminder-unpaid",
        "Reminder of a visit that is not paid yet, the day before",
        {**ASKED, "amount": "INR 1,200.00", "pay_by": "Monday 23 November, 18:00"},
        purpose=Purpose.REMINDER,
        waits=True,
        asks=True,
        subject="Your visit tomorrow waits for its payment",
        sms="{{ clinic }}: {{ day }} at {{ time }} is kept for you until {{ pay_by }}. Pay {{ amount }}: {{ link }} "
        "Reply 2 to reschedule, 3 to cancel.",
        whatsapp="""\
🏥 *{{ clinic }}*

Hi {{ name }},

Your appointment tomorrow is not confirmed yet:
📅 Date: {{ day }}
⏰ Time: {{ time }}
👨‍⚕️ Doctor: {{ doctor }}

Please pay {{ amount }} by {{ pay_by }}: {{ link }}

Reply:
2️⃣ Reschedule
3️⃣ Cancel""",
        body="""\
Hello {{ name }},

your visit tomorrow is kept for you, and confirmed once {{ amount }} is paid:

{{ day }} at {{ time }}
{{ service }}
With {{ doctor }}
{{ branch }}

Please pay by {{ pay_by }}: {{ link }}

{{ clinic }}""",
    ),
    Known(
        "reply-confirmed",
        "Answer to 1: the patient will come",
        VISIT,
        subject="Thank you: we expect you on {{ day }} at {{ time }}",
        sms="{{ clinic }}: thank you, {{ name }}. We expect you on {{ day }} at {{ time }}.",
        body="""\
Hello {{ name }},

thank you. We expect you on {{ day }} at {{ time }}.

{{ clinic }}""",
    ),
    Known(
        "reply-reschedule",
        "Answer to 2: where to choose another time",
        ASKED,
        subject="Choose another time for your visit",
        sms="{{ clinic }}: choose another time: {{ link }} Until then your visit on {{ day }} at {{ time }} stays.",
        body="""\
Hello {{ name }},

choose another time here:
{{ link }}

Until then your visit on {{ day }} at {{ time }} stays as it is.

{{ clinic }}""",
    ),
    Known(
        "reply-cancelled",
        "Answer to 3: the visit is cancelled",
        VISIT,
        subject="Your visit on {{ day }} is cancelled",
        sms="{{ clinic }}: your visit on {{ day }} at {{ time }} is cancelled, as you wished. "
        "Book another time on our pages, or call us.",
        body="""\
Hello {{ name }},

your visit on {{ day }} at {{ time }} is cancelled, as you wished. Book another time on our pages, or call us.

{{ clinic }}""",
    ),
    Known(
        "reply-too-late",
        "Answer to a wish that cannot be met by message",
        VISIT,
        subject="We could not change your visit",
        sms="{{ clinic }}: this cannot be done by message. Please call us about your visit on {{ day }} at {{ time }}.",
        body="""\
Hello {{ name }},

we could not do that by message. Please call us about your visit on {{ day }} at {{ time }}.

{{ clinic }}""",
    ),
    Known(
        "messages-stopped",
        "Answer to STOP",
        WHO,
        purpose=Purpose.LEGAL,
        subject="You will get no more messages here",
        sms="{{ clinic }}: no more messages here, but for codes that you ask for. Write START to change it.",
        body="""\
You will get no more messages here, but for codes that you ask for. Write START to change it.

{{ clinic }}""",
    ),
    Known(
        "messages-started",
        "Answer to START",
        WHO,
        purpose=Purpose.LEGAL,
        subject="You get our messages again",
        sms="{{ clinic }}: you get our messages here again. Write STOP to end them.",
        body="""\
You get our messages here again. Write STOP to end them.

{{ clinic }}""",
    ),
    Known(
        "channel-test",
        "Test of a channel",
        {"clinic": WHO["clinic"], "at": "21 Nov, 15:04"},
        purpose=Purpose.LEGAL,
        subject="A test from {{ clinic }}",
        sms="{{ clinic }}: this is a test, sent {{ at }}. It works.",
        body="""\
This is a test, sent {{ at }}. It works.

{{ clinic }}""",
    ),
)
