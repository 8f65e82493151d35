"""One installation: its folder, its secrets, its database. Needs neither Django nor a running server."""

import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ROLES = ("kalon_owner", "kalon_app", "kalon_portal")
SOCKET_PATH_LIMIT = 90  # the system allows 107 bytes with the socket's own name
# The server keeps the plan of a statement it has met three times: planning a read of eight tables with their row
# security takes it longer than reading. A pooler in between must know prepared statements (PgBouncer from 1.21).
PREPARED = {"server_side_binding": True, "prepare_threshold": 3}


@dataclass(frozen=True)
class Installation:
    """Where this clinic lives: `var` holds its data and secrets; `database_url` names another server, if any."""

    var: Path
    database_url: str = ""

    @classmethod
    def from_environment(cls) -> "Installation":
        """As `KALON_VAR` and `DATABASE_URL` say; without them, `var/` in the project's folder and our own server."""
        folder = os.environ.get("KALON_VAR") or _project() / "var"
        return cls(Path(folder).expanduser().absolute(), os.environ.get("DATABASE_URL", ""))

    @property
    def keys(self) -> Path:
        """The master keys: keep a copy apart from the data's backup."""
        return self.var / "keys"

    @cached_property
    def socket_dir(self) -> Path:
        """Where our own server listens: private, and short enough for a socket's name."""
        wanted = self.var / "run"
        if len(str(wanted).encode()) <= SOCKET_PATH_LIMIT:
            return wanted
        import hashlib

        digest = hashlib.sha256(str(self.var).encode()).hexdigest()[:12]
        return Path("/tmp") / f"kalon-{os.getuid()}-{digest}"  # noqa: S108  (made 0700 and checked before use)

    def secret(self, name: str) -> str:
        """A secret of this installation, made on first use; readable by this user only."""
        path = self.var / "secrets" / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return _settled(path)
        with os.fdopen(handle, "w") as file:
            value = secrets.token_urlsafe(48)
            file.write(value)
        return value

    def database(self, role: str) -> dict[str, Any]:
        """The Django connection of one of the roles."""
        host, port, name = self._place()
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": role,
            "PASSWORD": self.secret(f"role-{role}"),
            "HOST": host,
            "PORT": port,
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"application_name": role, **({} if role == "kalon_owner" else PREPARED)},
        }

    def dsn(self, role: str) -> str:
        """The same as a libpq address, for `psql` and scripts."""
        host, port, name = self._place()
        password = self.secret(f"role-{role}")
        if host.startswith("/"):
            return f"postgresql://{role}:{password}@/{name}?host={host}&port={port}"
        return f"postgresql://{role}:{password}@{host}:{port}/{name}"

    def _place(self) -> tuple[str, str, str]:
        if not self.database_url:
            return str(self.socket_dir), "5432", os.environ.get("KALON_DATABASE", "kalon")
        url = urlsplit(self.database_url)
        query = dict(pair.split("=", 1) for pair in url.query.split("&") if "=" in pair)
        host = unquote(url.hostname or "") or unquote(query.get("host", "")) or "localhost"
        name = os.environ.get("KALON_DATABASE") or url.path.lstrip("/") or "kalon"
        return host, str(url.port or query.get("port", 5432)), name


def _settled(path: Path) -> str:
    """The content of a secret that another process may be writing this very moment."""
    import time

    for _ in range(200):
        if value := path.read_text():
            return value
        time.sleep(0.01)
    raise SystemExit(f"The secret {path} is empty. Remove the file and start again.")


def _project() -> Path:
    source = Path(__file__).resolve().parents[3]
    return source if (source / "pyproject.toml").exists() else Path.cwd()
