from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "kalon.portal"
    label = "portal"

    def ready(self) -> None:
        from kalon.web.navigation import Entry, add

        tabs = (
            ("Home", "portal:home", "house"),
            ("Book", "portal:book", "calendar-plus"),
            ("Records", "portal:records", "file-text"),
            ("Bills", "portal:bills", "wallet"),
            ("You", "portal:you", "user-round"),
        )
        for order, (label, url_name, icon) in enumerate(tabs):
            add(Entry(label=label, url_name=url_name, icon=icon, permission="portal.use", group="portal", order=order))
