"""`backup` and `restore`: the whole database, every row of it, without the keys that open its names and notes."""

import argparse
import os
import subprocess
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from kalon.config import postgres
from kalon.config.cli import ready
from kalon.config.installation import Installation


def backup(arguments: list[str]) -> int:
    """Dump the database, without the keys that open its names and notes."""
    parser = argparse.ArgumentParser(prog="./kalon backup")
    parser.add_argument("file", type=Path)
    file: Path = parser.parse_args(arguments).file
    here = Installation.from_environment()
    lease = ready.database(here)
    reads_every_row(here)
    partial = file.with_suffix(file.suffix + ".part")
    os.umask(0o077)
    _run_tool(
        "pg_dump",
        f"--file={partial}",
        "--format=custom",
        "--compress=6",
        "--exclude-table-data=kalon_private.context_key",  # no key of any kind leaves with the data
        here=here,
    )
    partial.replace(file)
    print(f"The database is in {file}. The master keys are not: keep a copy of {here.keys} in another place.")
    if lease:
        lease.close()
    return 0


def restore(arguments: list[str]) -> int:
    """Replace the database by a backup; records erased since then are erased again."""
    parser = argparse.ArgumentParser(prog="./kalon restore")
    parser.add_argument("file", type=Path)
    parser.add_argument("--replace-everything", action="store_true", help="yes, overwrite what is there")
    options = parser.parse_args(arguments)
    if not options.file.exists():
        raise SystemExit(f"There is no file {options.file}.")
    if not options.replace_everything:
        raise SystemExit("This overwrites the clinic's database. Stop the server, then say so: --replace-everything")
    here = Installation.from_environment()
    lease = ready.database(here)
    reads_every_row(here)
    _run_tool(
        "pg_restore",
        "--clean",
        "--if-exists",
        "--single-transaction",  # all of it, or nothing changes
        str(options.file),
        here=here,
    )
    ready.everything(here)
    from kalon.kernel import audit as log
    from kalon.kernel import erasure

    again = erasure.replay_tombstones()
    log.accept_restore(f"restored from {options.file.name}")
    print(f"The database is back. {again} erased records were erased again.")
    if lease:
        lease.close()
    return 0


def reads_every_row(here: Installation) -> None:
    """Refuse a role from which the guards of the rows would hide some: its backup would not be whole."""
    with psycopg.connect(postgres.superuser_dsn(here)) as link:
        query = "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        role, whole = link.execute(query).fetchone() or ("", False)
    if not whole:
        raise SystemExit(
            f"A backup holds the rows of every clinic and every patient, and the role {role} of DATABASE_URL sees only "
            f"those of one at a time. Have an administrator of the server run: ALTER ROLE {role} BYPASSRLS"
        )


def _run_tool(program: str, *arguments: str, here: Installation) -> None:
    told = conninfo_to_dict(postgres.superuser_dsn(here), dbname=here.database("kalon_app")["NAME"])
    place = {key: str(value) for key, value in told.items()}
    # The password goes in the environment: the words of a command are read by everybody on the machine.
    secret = {"PGPASSWORD": place.pop("password")} if place.get("password") else {}
    command = [str(postgres.binaries() / program), f"--dbname={make_conninfo(**place)}", *arguments]
    if subprocess.run(command, env={**os.environ, **secret}).returncode:
        raise SystemExit(f"{program} failed; the lines above say why. What was there is unchanged.")
