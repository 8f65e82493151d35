"""Getting an installation ready, step by step, for whichever verb needs it."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from kalon.config import postgres, provision
from kalon.config.installation import Installation

# Names the database in which a demonstration is being made, also after a kill; empty when it is whole.
FILLING = "filling"


def database(here: Installation) -> IO[str] | None:
    """A running server with roles and an empty or existing database; keep what is returned while working."""
    lease = postgres.ensure(here)
    provision.database(here)
    return lease


def django() -> None:
    """Set Django up for this installation."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kalon.config.settings")
    import django as framework

    framework.setup()


def everything(here: Installation) -> IO[str] | None:
    """Server, database, tables, and what this version adds to the roles: what serving and seeding need."""
    lease = database(here)
    (here.var / FILLING).unlink(missing_ok=True)  # served or restored: whoever made it, it is not ours to throw away
    django()
    provision.tables()
    provision.classifications()
    provision.rights()
    return lease


def demonstration(here: Installation) -> IO[str] | None:
    """Everything, and in an empty installation the clinic of the demonstration, with one login for each role."""
    os.environ["KALON_DEMO"] = "1"
    lease = database(here)
    django()
    from kalon.config import seed

    with (here.var / FILLING).open("a+") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        mark.seek(0)
        if mark.read() == _place(here):
            print("The last start was ended half way. Starting over …", flush=True)
            provision.nothing(here)
            provision.database(here)
        mark.truncate(0)
        provision.tables()
        if seed.is_wanted():
            mark.write(_place(here))
            mark.flush()
            with _classifications_meanwhile():
                seed.load()
        mark.truncate(0)
    provision.classifications()
    provision.rights()
    print("\n".join(seed.logins()), flush=True)
    return lease


def _place(here: Installation) -> str:
    """Which database: another one that `DATABASE_URL` names later is never taken for the one that was left half way."""
    at = here.database("kalon_app")
    return f"{at['HOST']}:{at['PORT']}/{at['NAME']}"


@contextmanager
def _classifications_meanwhile() -> Iterator[None]:
    """Have the classifications of diseases loaded by a process of their own while the block runs, and wait for it."""
    program = f"from {__name__} import django, provision; django(); provision.classifications()"
    loading = subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
    try:
        yield
        if loading.wait():
            raise SystemExit("The classifications of diseases could not be loaded; the lines above say why.")
    finally:
        loading.kill()  # when the block was left early; loading is all or nothing
        loading.wait()
