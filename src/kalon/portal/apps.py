from typing import Any

from django.apps import AppConfig

TAB: dict[str, Any] = {"permission": "portal.use", "group": "portal"}
MONEY = ("/my/quotes", "/my/payments", "/my/packages")  # opened from the bills


class PortalConfig(AppConfig):
    name = "kalon.portal"
    label = "portal"

    def ready(self) -> None:
        from kalon.web.navigation import Entry, add

        for entry in (
            Entry(label="Home", url_name="portal:home", icon="house", order=0, **TAB),
            Entry(label="Book", url_name="portal:book", icon="calendar-plus", order=1, **TAB),
            Entry(label="Records", url_name="portal:records", icon="file-text", order=2, **TAB),
            Entry(label="Bills", url_name="portal:bills", icon="wallet", order=3, also=MONEY, **TAB),
            Entry(label="You", url_name="portal:you", icon="user-round", order=4, **TAB),
        ):
            add(entry)
