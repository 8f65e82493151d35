"""The wordings that come with Kalon, used until the clinic writes its own."""

from kalon.messaging.rules.known import Known, Words
from kalon.messaging.rules.wordings import (
    accounts,
    before,
    follow_ups,
    instalments,
    packages,
    quotes,
    recalls,
    records,
    reminders,
    visits,
)
from kalon.messaging.rules.wordings.arabic import ARABIC
from kalon.messaging.rules.wordings.hindi import HINDI
from kalon.messaging.rules.wordings.malayalam import MALAYALAM

KNOWN: tuple[Known, ...] = (
    *accounts.KNOWN, *visits.KNOWN, *reminders.KNOWN, *follow_ups.KNOWN, *packages.KNOWN, *records.KNOWN, *quotes.KNOWN,
    *instalments.KNOWN, *recalls.KNOWN, *before.KNOWN,
)  # fmt: skip
TRANSLATED: dict[str, dict[str, Words]] = {
    "hi": HINDI | before.HINDI,
    "ar": ARABIC | before.ARABIC,
    "ml": MALAYALAM | before.MALAYALAM,
}
