"""The wordings that come with Kalon, used until the clinic writes its own."""

from kalon.messaging.rules.known import Known, Words
from kalon.messaging.rules.wordings import (
    accounts,
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
    *instalments.KNOWN, *recalls.KNOWN,
)  # fmt: skip
TRANSLATED: dict[str, dict[str, Words]] = {"hi": HINDI, "ar": ARABIC, "ml": MALAYALAM}
