"""The services that carry notifications to browsers."""

from urllib.parse import urlsplit

from django.conf import settings

# The services behind the browsers there are. A subscription names its own address, and the patient's browser gives
# it to us: without this list anybody could have our server knock on any door of the house.
SERVICES = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
)


def is_known_service(endpoint: str) -> bool:
    """Whether an address belongs to a push service that browsers use (or one that the clinic has named)."""
    parts = urlsplit(endpoint)
    if f"{parts.scheme}://{parts.netloc}" in settings.KALON_PUSH["services"]:
        return True
    host = parts.hostname or ""
    known = any(host == service or (service[0] == "." and host.endswith(service)) for service in SERVICES)
    return parts.scheme == "https" and parts.port in (None, 443) and known
