"""With what somebody reached us, in two words that a person can read: "Chrome on Android"."""

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
            ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
           ("Macintosh", "Mac"), ("Linux", "Linux"))  # fmt: skip


def named(agent: str) -> str:
    """What a `User-Agent` says of browser and device; empty where it says neither. An iPad may call itself a Mac."""
    browser, system = (next((word for mark, word in table if mark in agent), "") for table in (BROWSERS, SYSTEMS))
    return " on ".join(part for part in (browser, system) if part)
