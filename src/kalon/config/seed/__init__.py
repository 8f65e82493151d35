"""The demonstration clinic: a year of it, made by calling the product's own verbs with the clock held in the past."""

import sys

from kalon.config.seed import clinic, instructions, procedures, purchasing, recalls, store, year
from kalon.kernel.tenancy import organization_ids

PASSWORD = clinic.PASSWORD


def is_wanted() -> bool:
    """Whether the installation is empty; one that has a clinic is left as it is."""
    return not organization_ids()


def load() -> None:
    """Fill an empty installation."""
    place = clinic.open_clinic()
    procedures.fill(place)
    instructions.tell(place)
    purchasing.buy(place, store.fill(place))
    year.live(place, progress=_bar)
    recalls.call_back(place)


def logins() -> list[str]:
    """One login for each role, to print."""
    rows = [f"  {login:<24} {PASSWORD}   {what}" for login, what in clinic.LOGINS]
    return ["", "Sign in with (demonstration only):", *rows, "  Messages that would be sent are at /inbox.", ""]


def _bar(done: int, of: int, what: str) -> None:
    filled = 30 * done // max(of, 1)
    end = "\n" if done >= of else ""
    if sys.stderr.isatty() or end:
        print(f"\r  {'█' * filled}{'░' * (30 - filled)} {what:<34}", end=end, file=sys.stderr, flush=True)
