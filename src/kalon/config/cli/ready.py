"""Getting an installation ready, step by step, for whichever verb needs it."""

import os
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
