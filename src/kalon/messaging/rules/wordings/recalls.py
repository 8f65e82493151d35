"""What is said when a maker calls something back. It names nothing: others may read a patient's phone."""

from kalon.messaging.rules.known import Known, Purpose
from kalon.messaging.rules.wordings.samples import WHO

KNOWN = (
    Known(
        "device-recall",
        "A product is called back by its maker",
        {**WHO, "branch": "Bandra", "phone": "+91 22 5555 0142"},
        purpose=Purpose.LEGAL,
        subject="Please call us: a notice about your treatment",
        sms="{{ clinic }}: we have a safety notice about your treatment with us. Please call {{ phone }}.",
        body="""\
Hello {{ name }},

the maker of a product used in your treatment has sent us a safety notice. Please call us on {{ phone }}, so that we
can tell you what it means for you and find a time to see you. You pay nothing for this.

{{ clinic }}, {{ branch }}
""",
    ),
)
