"""The small verbs: tokens, addresses, the log, the keys, and the doctor."""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator

from kalon.config.cli import browser, ready
from kalon.config.installation import Installation

DEMO_ROLES = (
    "owner", "frontdesk", "nurse", "doctor", "surgeon", "theatre", "inventory", "billing", "provider", "patient",
)  # fmt: skip

MOST_LOST = 10  # jobs that gave up, as the doctor lists them


def token(arguments: list[str]) -> int:
    """Print a bearer token for the API."""
    parser = argparse.ArgumentParser(prog="./kalon token")
    parser.add_argument(
        "--as", dest="role", required=True, choices=DEMO_ROLES, metavar="ROLE", help=", ".join(DEMO_ROLES)
    )
    role = parser.parse_args(arguments).role
    lease = ready.database(Installation.from_environment())
    ready.django()
    from kalon.kernel import actors
    from kalon.people.actions import issue_token

    print(issue_token(f"{role}@kalon.test", f"./kalon token --as {role}", by=actors.system("the command line")))
    return 0 if lease is None else _close(lease)


def dsn(arguments: list[str]) -> int:
    """Print the address of a database role."""
    parser = argparse.ArgumentParser(prog="./kalon dsn")
    parser.add_argument("--as", dest="role", required=True, choices=("app", "portal", "owner"))
    print(Installation.from_environment().dsn(f"kalon_{parser.parse_args(arguments).role}"))
    return 0


def seed(arguments: list[str]) -> int:
    """Load the demonstration clinic into an empty installation."""
    argparse.ArgumentParser(prog="./kalon seed").parse_args(arguments)
    return _close(ready.demonstration(Installation.from_environment()))


def audit(arguments: list[str]) -> int:
    """Recompute every seal of the log and compare it with the file outside the database."""
    parser = argparse.ArgumentParser(prog="./kalon audit")
    parser.add_argument("what", choices=("verify", "seal", "accept"))
    parser.add_argument("--reason", default="", help="why a restored database is accepted as it is")
    options = parser.parse_args(arguments)
    what = options.what
    lease = ready.database(Installation.from_environment())
    ready.django()
    from kalon.kernel import audit as log

    if what == "seal":
        print(f"{len(log.seal())} batches sealed.")
        return _close(lease)
    if what == "accept":
        if not options.reason.strip():
            raise SystemExit("Say why: ./kalon audit accept --reason 'restored from the backup of Monday'")
        log.accept_restore(options.reason)
        print("Sealing continues from here; the reason is in the file of roots.")
        return _close(lease)
    report = log.verify()
    print(report.sentence)
    for finding in report.findings:
        print(f"  {finding}")
    _close(lease)
    return 0 if report.ok else 1


def keys(arguments: list[str]) -> int:
    """Make a new master key, wrap every data key with it, and retire an old one that opens nothing any more."""
    parser = argparse.ArgumentParser(prog="./kalon keys")
    parser.add_argument("what", choices=("list", "rotate", "retire"))
    parser.add_argument("id", nargs="?", default="")
    options = parser.parse_args(arguments)
    lease = ready.everything(Installation.from_environment())
    from kalon.kernel import crypto, rotation

    if options.what == "rotate":
        print(f"The new master key is {crypto.rotate_master()}.")
        print(f"{rotation.rewrap_all()} data keys are wrapped by it now. Copy the keys folder to its safe place.")
    elif options.what == "retire":
        crypto.retire(options.id, still_used=rotation.still_wrapped_by(options.id))
        print(f"The master key {options.id} is gone.")
    else:
        print("\n".join(crypto.masters()))
    return _close(lease)


def voice(arguments: list[str]) -> int:
    """Look at the speech model, or put it into the installation's folder anew."""
    parser = argparse.ArgumentParser(prog="./kalon voice")
    parser.add_argument("what", choices=("check", "install-model"))
    what = parser.parse_args(arguments).what
    os.environ["KALON_VAR"] = str(Installation.from_environment().var)
    ready.django()
    from kalon.voice import actions

    if what == "install-model":
        try:
            print(f"The speech model stands in {actions.install_model(anew=True)}.")
        except actions.CannotListen as error:
            print(error, file=sys.stderr)
            return 1
    if trouble := actions.model_trouble():
        print(trouble, file=sys.stderr)
        return 1
    print("The speech model is whole; speech is recognised in this house, without a network.")
    return 0


def doctor(arguments: list[str]) -> int:
    """Look at everything a clinic needs and say what is missing, each with the command that mends it."""
    argparse.ArgumentParser(prog="./kalon doctor").parse_args(arguments)
    faults = 0
    for what, fault, mend in _examinations(Installation.from_environment()):
        if fault:
            faults += 1
            print(f"✗ {what}: {fault}\n    {mend}")
        else:
            print(f"✓ {what}")
    print("Nothing is missing." if not faults else f"{faults} to mend.")
    return 1 if faults else 0


def _examinations(here: Installation) -> Iterator[tuple[str, str, str]]:
    yield (
        f"Python {sys.version.split()[0]}",
        "" if sys.version_info >= (3, 11) else "too old",
        "Install Python 3.11 or newer.",
    )
    try:
        here.var.mkdir(mode=0o700, parents=True, exist_ok=True)
        writable = os.access(here.var, os.W_OK)
    except OSError:
        writable = False
    yield (
        f"Data folder {here.var}",
        "" if writable else "cannot be written",
        "Choose another with KALON_VAR=/some/folder.",
    )
    free = shutil.disk_usage(here.var).free if here.var.exists() else 0
    yield "Disk", "" if free > 1_000_000_000 else "less than 1 GB is free", "Make room, or move KALON_VAR."
    yield from _database(here)
    from kalon.web import assets

    yield (
        "Assets",
        "" if assets.current() else "not built, or older than their sources",
        ".venv/bin/python -m kalon.web.assets",
    )
    found = browser.find()
    yield (
        "Browser for the tests",
        "" if found else "none found",
        "apt-get install chromium   (or: ./kalon test, which brings one)",
    )
    os.environ["KALON_VAR"] = str(here.var)
    ready.django()
    from kalon.voice import actions

    yield "Speech model", actions.model_trouble(), "./kalon voice install-model"


def _database(here: Installation) -> Iterator[tuple[str, str, str]]:
    try:
        lease = ready.database(here)
    except (SystemExit, Exception) as fault:
        yield "Database", str(fault), "./kalon demo   (or check DATABASE_URL)"
        return
    yield "Database", "", ""
    ready.django()
    from django.core.management import call_command
    from django.core.management.base import CommandError

    try:
        call_command("migrate", database="owner", check_unapplied=True, verbosity=0)
        missing = ""
    except (SystemExit, CommandError):
        missing = "some migrations are not applied"
    yield "Tables", missing, "./kalon serve   (applies them)"
    if not missing:
        yield _outbox()
    _close(lease)


def _outbox() -> tuple[str, str, str]:
    """The jobs that wait and those that gave up, each with what it was about."""
    from kalon.kernel import outbox

    now = outbox.health()
    counts = f"{now.waiting} waiting, {now.running} running, {now.failed} gave up, workers: {now.workers}"
    lost = [
        f"#{job.id} {job.name}, {job.attempts} tries: " + ", ".join(f"{key} {value}" for key, value in job.ids.items())
        for job in outbox.failed(limit=MOST_LOST)
    ]
    return f"Outbox ({counts})", now.trouble, "\n    ".join(lost) or "./kalon serve   (runs a worker)"


def _close(lease: object) -> int:
    if lease is not None:
        lease.close()  # type: ignore[attr-defined]
    return 0
