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

    with (here.var / "filling").open("a+") as mark:  # holds a word while the clinic is made, also after a kill
        fcntl.flock(mark, fcntl.LOCK_EX)
        mark.seek(0)
        if mark.read():
            print("The last start was ended half way. Starting over …", flush=True)
            provision.nothing(here)
            provision.database(here)
        provision.tables()
        if seed.is_wanted():
            mark.write("begun")
            mark.flush()
            with _classifications_meanwhile():
                seed.load()
        mark.truncate(0)
    provision.classifications()
    provision.rights()
    print("\n".join(seed.logins()), flush=True)
    return lease


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
