"""What a message may say: the codes that exist, their names in braces, and the wording used until the clinic writes its own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

PLACEHOLDER = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
BRACES = re.compile(r"\{\{|\}\}|\{%|%\}")
LONGEST_SMS = 480  # three parts of an SMS
FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Known:
    """A message that the clinic can send: what it is, and which names its wording may use."""

    code: str
    name: str
    sample: Mapping[str, str]
    subject: str
    body: str
    sms: str
    is_secret: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.sample)


CLINIC = {"clinic": "Sharanya Clinic"}
WHO = {"name": "Meera", **CLINIC}
VISIT = {
    **WHO, "number": "SK-A-000123", "day": "Tuesday 24 November 2026", "time": "15:00", "doctor": "Dr Rohan Shah",
    "service": "Consultation with the surgeon", "branch": "Bandra", "address": "12 Hill Road, Mumbai", "reason": "",
}  # fmt: skip
SIGNATURE = "\n\n{{ clinic }}"
WHERE = "{{ day }} at {{ time }}\n{{ service }}\nWith {{ doctor }}\n{{ branch }}\n{{ address }}"

_ALL = (
    Known(
        "registration-code", "Code to confirm a registration", {**WHO, "code": "482913", "minutes": "10"},
        "Your code is {{ code }}",
        "Hello {{ name }},\n\nyour code is {{ code }}. It works for {{ minutes }} minutes.\n\nDid not ask for it? Then do "
        "nothing: no account is opened." + SIGNATURE,
        "{{ code }} is your code for {{ clinic }}. It works for {{ minutes }} minutes. Never tell it to anybody.",
        is_secret=True,
    ),
    Known(
        "sign-in-code", "Code to sign in", {**CLINIC, "code": "482913", "minutes": "5"},
        "Your sign-in code is {{ code }}",
        "Your sign-in code is {{ code }}. It works for {{ minutes }} minutes.\n\nNobody from the clinic will ever ask you "
        "for it." + SIGNATURE,
        "{{ code }} is your sign-in code for {{ clinic }}. Never tell it to anybody.",
        is_secret=True,
    ),
    Known(
        "password-reset-code", "Code to set a new password", {**CLINIC, "code": "482913", "minutes": "10"},
        "Your code to set a new password is {{ code }}",
        "Your code to set a new password is {{ code }}. It works for {{ minutes }} minutes.\n\nDid not ask for it? Your "
        "password stays as it is." + SIGNATURE,
        "{{ code }} is your code to set a new password at {{ clinic }}. Never tell it to anybody.",
        is_secret=True,
    ),
    Known(
        "account-exists", "Somebody registered with an address that has an account", {**CLINIC},
        "You already have an account",
        "Somebody tried to register with this address, and you already have an account with us.\n\nWas it you? Sign in, "
        "or ask for a one-time code there. If not, do nothing." + SIGNATURE,
        "You already have an account at {{ clinic }}. Sign in, or ask for a code there.",
    ),
    Known(
        "registration-welcome", "Welcome after registration", {**WHO, "mrn": "SK-000512"},
        "Welcome to {{ clinic }}",
        "Hello {{ name }},\n\nyour record is open. Your number with us is {{ mrn }}.\n\nYou can book visits, pay, and read "
        "your summaries on our pages." + SIGNATURE,
        "Welcome to {{ clinic }}, {{ name }}. Your number with us is {{ mrn }}.",
    ),
    Known(
        "appointment-requested", "A visit was asked for", VISIT, "We have your request for {{ day }}",
        "Hello {{ name }},\n\nwe have your request and will answer soon:\n\n" + WHERE + SIGNATURE,
        "{{ clinic }}: we have your request for {{ day }}, {{ time }}. We will answer soon.",
    ),
    Known(
        "appointment-confirmed", "A visit is confirmed", VISIT, "Your visit on {{ day }} at {{ time }}",
        "Hello {{ name }},\n\nyour visit is confirmed:\n\n" + WHERE + "\n\nYou cannot come? Move or cancel it on our pages, "
        "or call us." + SIGNATURE,
        "{{ clinic }}: your visit on {{ day }} at {{ time }} is confirmed. {{ branch }}.",
    ),
    Known(
        "appointment-cancelled", "A visit was cancelled", VISIT, "Your visit on {{ day }} is cancelled",
        "Hello {{ name }},\n\nyour visit on {{ day }} at {{ time }} is cancelled.\nReason: {{ reason }}\n\nBook another time "
        "on our pages, or call us." + SIGNATURE,
        "{{ clinic }}: your visit on {{ day }} at {{ time }} is cancelled.",
    ),
    Known(
        "appointment-rescheduled", "A visit was moved", VISIT, "Your visit is now on {{ day }} at {{ time }}",
        "Hello {{ name }},\n\nyour visit has a new time:\n\n" + WHERE + SIGNATURE,
        "{{ clinic }}: your visit is now on {{ day }} at {{ time }}. {{ branch }}.",
    ),
    Known(
        "payment-received", "A payment was received",
        {**WHO, "amount": "INR 1,200.00", "receipt": "R-2026-000042", "bill": "B-2026-000040", "on_account": "", "branch": "Bandra"},
        "Receipt {{ receipt }}: we received {{ amount }}",
        "Hello {{ name }},\n\nwe received {{ amount }}. Thank you.\nReceipt: {{ receipt }}\nBill: {{ bill }}\nKept on account: "
        "{{ on_account }}\n\nThe receipt is on our pages, under your bills." + SIGNATURE,
        "{{ clinic }}: we received {{ amount }}. Receipt {{ receipt }}.",
    ),
    Known(
        "summary-ready", "A visit's summary can be read", {**WHO, "doctor": "Dr Rohan Shah", "day": "Tuesday 24 November 2026"},
        "The summary of your visit is ready",
        "Hello {{ name }},\n\nthe summary of your visit on {{ day }} with {{ doctor }} is ready. Sign in to read it." + SIGNATURE,
        "{{ clinic }}: the summary of your visit is ready. Sign in to read it.",
    ),
)  # fmt: skip
KNOWN: dict[str, Known] = {known.code: known for known in _ALL}

# Wordings in other languages that come with Kalon; to be read by a native speaker before use.
TRANSLATED: dict[tuple[str, str], tuple[str, str, str]] = {
    ("registration-code", "hi"): (
        "आपका कोड {{ code }} है",
        "नमस्ते {{ name }},\n\nआपका कोड {{ code }} है। यह {{ minutes }} मिनट तक चलेगा।" + SIGNATURE,
        "{{ code }} {{ clinic }} के लिए आपका कोड है। इसे किसी को न बताएँ।",
    ),
    ("sign-in-code", "hi"): (
        "आपका साइन-इन कोड {{ code }} है",
        "आपका साइन-इन कोड {{ code }} है। यह {{ minutes }} मिनट तक चलेगा। इसे किसी को न बताएँ।" + SIGNATURE,
        "{{ code }} {{ clinic }} के लिए आपका साइन-इन कोड है। इसे किसी को न बताएँ।",
    ),
    ("appointment-confirmed", "hi"): (
        "आपका अपॉइंटमेंट: {{ day }}, {{ time }}",
        "नमस्ते {{ name }},\n\nआपका अपॉइंटमेंट पक्का हो गया है:\n\n{{ day }}, {{ time }}\n{{ service }}\n{{ doctor }}\n{{ branch }}\n"
        "{{ address }}" + SIGNATURE,
        "{{ clinic }}: आपका अपॉइंटमेंट {{ day }}, {{ time }} पक्का है। {{ branch }}",
    ),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """A subject and a body, still with names in braces; `language` is the one they are in."""

    subject: str
    body: str
    language: str = FALLBACK


def built_in(code: str, channel: str, language: str) -> Wording:
    """The wording that comes with Kalon, in the language or else in English."""
    known = KNOWN[code]
    if words := TRANSLATED.get((code, language)):
        subject, body, sms = words
        return Wording("", sms, language) if channel == "SMS" else Wording(subject, body, language)
    return Wording("", known.sms) if channel == "SMS" else Wording(known.subject, known.body)


def unknown_names(code: str, *texts: str) -> list[str]:
    """Names in braces that this message does not have."""
    used = {name for text in texts for name in PLACEHOLDER.findall(text)}
    return sorted(used - set(KNOWN[code].names))


def stray_braces(*texts: str) -> bool:
    """Braces that are no name: a slip that a patient would otherwise read."""
    return any(BRACES.search(PLACEHOLDER.sub("", text)) for text in texts)


def fill(text: str, data: Mapping[str, str], *, one_line: bool = False) -> str:
    """The wording with its names filled in. A line all of whose names are empty is left out."""
    lines = [_filled(line, data) for line in text.split("\n")]
    said = "\n".join(line for line in lines if line is not None)
    said = re.sub(r"\n{3,}", "\n\n", said).strip()
    return " ".join(said.split()) if one_line else said


def _filled(line: str, data: Mapping[str, str]) -> str | None:
    names = PLACEHOLDER.findall(line)
    if names and not any(data.get(name, "") for name in names):
        return None
    return PLACEHOLDER.sub(lambda match: data.get(match[1], ""), line)
