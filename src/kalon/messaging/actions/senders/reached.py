"""Whether a request that went wrong can have arrived: only then may it not be sent again."""

import requests
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError


def never_reached(error: requests.RequestException) -> bool:
    """Whether the connection itself failed, so that nothing was said to anybody."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError | requests.exceptions.ProxyError):
        return True
    reason = error.args[0] if error.args else None
    if isinstance(reason, MaxRetryError):
        reason = reason.reason
    return isinstance(reason, NewConnectionError | NameResolutionError)
