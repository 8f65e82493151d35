"""What a message is, before anybody words it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models


class Purpose(models.TextChoices):
    """Why something is told. Reminders and news may be declined; the others belong to what the patient is doing."""

    CODE = "CODE", "One-time codes"
    LEGAL = "LEGAL", "Legal notices"
    NOTICE = "NOTICE", "Visits and bills"
    REMINDER = "REMINDER", "Reminders"
    MARKETING = "MARKETING", "News and offers"


# May be declined by the patient.
DECLINABLE = (Purpose.REMINDER, Purpose.MARKETING)
# Goes out whatever was declined or stopped, and at any hour.
ALWAYS = (Purpose.CODE, Purpose.LEGAL)


@dataclass(frozen=True, slots=True)
class Words:
    """One message in one language, for each way of saying it. Without a text of its own, WhatsApp says the SMS."""

    subject: str
    body: str
    sms: str
    whatsapp: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A message that the clinic can send: what it is, and which names its wording may use.

    `waits`: it is not the answer to what the patient did this minute, so it keeps the quiet hours.
    `asks`: the patient may answer by 1, 2 or 3 (confirm, reschedule, cancel).
    """

    code: str
    name: str
    sample: Mapping[str, str]
    subject: str
    body: str
    sms: str
    whatsapp: str = ""
    purpose: Purpose = Purpose.NOTICE
    waits: bool = False
    asks: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.sample)

    @property
    def is_secret(self) -> bool:
        return self.purpose is Purpose.CODE

    @property
    def words(self) -> Words:
        return Words(self.subject, self.body, self.sms, self.whatsapp)
