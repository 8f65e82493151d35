"""The folder of master keys: one small file each, one of them current, readable by the service alone.

    <KALON_KEYS_DIR>/           0700
        9f31c2d4a5b60718.key    0600: the id (8 bytes), then 32 random bytes
        current                 0600: the id of the key that wraps new data keys, in hex
        index.key               0600: the secret of the search tokens (see `hashes`)
        lock                    held while the folder changes

Back this folder up apart from the database: together they open everything, apart neither opens anything.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from kalon.kernel.crypto.errors import CryptoError, MasterKeyInUse, MasterKeyMissing

ID_BYTES = 8
KEY_BYTES = 32

_known: dict[tuple[Path, bytes], bytes] = {}


def folder() -> Path:
    """Where the keys are."""
    keys = settings.KALON_KEYS_DIR
    return keys if isinstance(keys, Path) else Path(keys)  # asked for each box: a Path is slow to make


def current() -> tuple[bytes, bytes]:
    """The id and the key that wrap new data keys; makes the first one when there is none."""
    try:
        name = _pointer()
    except FileNotFoundError:
        with _locked() as keys:
            if not (keys / "current").exists():
                if any(keys.glob("*.key")):
                    raise MasterKeyMissing(
                        f"{keys} holds keys but no file `current`. Restore the folder from its backup as a whole "
                        "(or remove it, if this installation holds no data yet)."
                    ) from None
                _write(keys / "index.key", secrets.token_bytes(KEY_BYTES))
                _point(keys, _make(keys))
        name = _pointer()
    return name, key(name)


def key(name: bytes) -> bytes:
    """The master key of that id."""
    where = (folder(), name)
    if where not in _known:
        try:
            content = _path(name).read_bytes()
        except FileNotFoundError:
            raise MasterKeyMissing(
                f"Master key {name.hex()} is not in {folder()}. Restore the key folder from its newest backup; "
                "without this key the records sealed under it stay closed."
            ) from None
        if len(content) != ID_BYTES + KEY_BYTES or content[:ID_BYTES] != name:
            raise MasterKeyMissing(f"The file of master key {name.hex()} is damaged. Restore it from its backup.")
        _known[where] = content[ID_BYTES:]
    return _known[where]


def index_secret() -> bytes:
    """The secret under all search tokens and token hashes of this installation."""
    where = (folder(), b"index")
    if where not in _known:
        current()
        try:
            _known[where] = (folder() / "index.key").read_bytes()
        except FileNotFoundError:
            raise MasterKeyMissing(
                f"{folder()} has no index.key. Restore it from its backup; without it nobody is found by name."
            ) from None
    return _known[where]


def masters() -> list[str]:
    """The ids of all master keys, in hex, the current one first."""
    first = current()[0].hex()
    rest = sorted(path.stem for path in folder().glob("*.key") if path.stem not in {"index", first})
    return [first, *rest]


def rotate_master() -> str:
    """Make a new current master key and return its id; what was sealed before still opens."""
    current()
    with _locked() as keys:
        name = _make(keys)
        _point(keys, name)
    return name.hex()


def retire(master_id: str, *, still_used: int) -> None:
    """Remove an old master key for good, once the caller has counted that no record depends on it."""
    name = bytes.fromhex(master_id)
    if still_used > 0:
        raise MasterKeyInUse(f"{still_used} records are still sealed under {master_id}. Rewrap them first.")
    with _locked() as keys:
        if name == _pointer():
            raise MasterKeyInUse(f"{master_id} is the current master key. Rotate first, then rewrap, then retire.")
        path = _path(name)
        if not path.exists():
            raise MasterKeyMissing(f"There is no master key {master_id} in {keys}.")
        _overwrite(path)
        path.unlink()
        _sync(keys)
    _known.pop((folder(), name), None)


def _path(name: bytes) -> Path:
    return folder() / f"{name.hex()}.key"


def _pointer() -> bytes:
    text = (folder() / "current").read_text(encoding="ascii").strip()
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise CryptoError(f"{folder() / 'current'} is damaged. Restore the key folder from its backup.") from None


def _make(keys: Path) -> bytes:
    name = secrets.token_bytes(ID_BYTES)
    _write(keys / f"{name.hex()}.key", name + secrets.token_bytes(KEY_BYTES))
    return name


def _point(keys: Path, name: bytes) -> None:
    _write(keys / "current", name.hex().encode("ascii"))


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and on the disk before anything is sealed under it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync(path.parent)


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\0" * (ID_BYTES + KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _locked() -> Iterator[Path]:
    keys = folder()
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys.chmod(0o700)
    descriptor = os.open(keys / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield keys
    finally:
        os.close(descriptor)
