"""The server that comes with Kalon: shared, stopped by the last command, started again after every kind of crash."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import psycopg
import pytest

from kalon.config import postgres
from kalon.config.installation import Installation

COMMAND = """
import sys, time
from kalon.config import postgres
from kalon.config.installation import Installation
lease = postgres.ensure(Installation.from_environment())
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def here(tmp_path):
    return Installation(tmp_path / "var")


@pytest.fixture
def command(here):
    """Start a command that needs the server; it says when it has it."""
    started = []

    def start() -> "subprocess.Popen[str]":
        environment = {**os.environ, "KALON_VAR": str(here.var), "PYTHONPATH": os.pathsep.join(sys.path)}
        for name in ("DATABASE_URL", "KALON_CARELESS"):  # a real one: what was written is on the disk
            environment.pop(name, None)
        process = subprocess.Popen([sys.executable, "-c", COMMAND], env=environment, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()
    _until_stopped(here)


def test_commands_share_one_server_and_the_last_one_stops_it(here, command):
    both = [command(), command()]
    assert [process.stdout.readline() for process in both] == ["up\n", "up\n"]
    both[0].kill()
    both[0].wait()
    time.sleep(0.5)
    assert _answers(here)
    both[1].kill()  # also a command that was killed lets go
    both[1].wait()
    _until_stopped(here)
    assert not _answers(here)


def test_a_killed_server_starts_again_with_its_data(here, command):
    assert command().stdout.readline() == "up\n"
    with psycopg.connect(postgres.superuser_dsn(here), autocommit=True) as link:
        link.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(_pid(here), signal.SIGKILL)
    assert command().stdout.readline() == "up\n"
    with psycopg.connect(postgres.superuser_dsn(here)) as link:
        assert link.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_number_that_another_program_has_by_now_does_not_stand_in_the_way(here, command):
    first = command()
    assert first.stdout.readline() == "up\n"
    first.kill()
    first.wait()
    _until_stopped(here)
    record = here.var / "postgres" / "data" / "postmaster.pid"
    record.write_text(f"{os.getpid()}\n{record.parent}\n0\n5432\n{here.socket_dir}\n\n 0 0\nready\n")
    assert command().stdout.readline() == "up\n"


def test_nobody_else_can_reach_it(here, command):
    assert command().stdout.readline() == "up\n"
    for folder in (here.socket_dir, here.var / "postgres", here.var / "secrets"):
        assert folder.stat().st_mode & 0o077 == 0, f"{folder} is open to others"
    with psycopg.connect(postgres.superuser_dsn(here)) as link:
        assert link.execute("SHOW listen_addresses").fetchone() == ("",)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(postgres.superuser_dsn(here).replace(here.secret("postgres"), "a-guess"))


def _pid(here: Installation) -> int:
    return int((here.var / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


def _answers(here: Installation) -> bool:
    try:
        psycopg.connect(postgres.superuser_dsn(here)).close()
    except psycopg.OperationalError:
        return False
    return True


def _until_stopped(here: Installation, seconds: float = 30) -> None:
    """Until the server and the watcher that stops it have ended."""
    record, until = here.var / "postgres" / "data" / "postmaster.pid", time.monotonic() + seconds
    with (here.var / "postgres.watch").open("w") as turn:
        while time.monotonic() < until:
            time.sleep(0.05)
            with suppress(BlockingIOError):
                fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not record.exists():
                    return
                fcntl.flock(turn, fcntl.LOCK_UN)
