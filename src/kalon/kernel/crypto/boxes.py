"""Data keys and the boxes sealed under them.

A wrapped key is: version (1), master id (8), nonce (12), AES-GCM of 32 bytes (48). A box is: version (1),
nonce (12), ciphertext with its tag. Nonces are random: far fewer than 2**32 boxes are sealed under one record's key.
"""

import os
import secrets
import threading
from collections import OrderedDict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kalon.kernel.crypto import masters
from kalon.kernel.crypto.errors import KeyDestroyed, Tampered

VERSION = b"\x01"
NONCE = 12
TAG = 16
HEADER = 1 + masters.ID_BYTES
WRAPPED_SIZE = HEADER + NONCE + masters.KEY_BYTES + TAG
REMEMBERED = 4096  # opened data keys a process keeps at hand: about 1.5 MB

Wrapped = bytes | memoryview | None


class _Opened:
    """The data keys opened last, by their wrapped form; bounded, safe between threads."""

    def __init__(self) -> None:
        self._keys: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, wrapped: bytes) -> bytes:
        with self._lock:
            found = self._keys.get(wrapped)
            if found is not None:
                self._keys.move_to_end(wrapped)
                return found
        data_key = unwrap(wrapped)
        self.remember(wrapped, data_key)
        return data_key

    def remember(self, wrapped: bytes, data_key: bytes) -> None:
        with self._lock:
            self._keys[wrapped] = data_key
            while len(self._keys) > REMEMBERED:
                self._keys.popitem(last=False)

    def forget(self, wrapped: bytes) -> None:
        with self._lock:
            self._keys.pop(wrapped, None)

    def __len__(self) -> int:
        return len(self._keys)


_opened = _Opened()


def new_data_key() -> bytes:
    """A fresh key for one record, wrapped by the current master key."""
    data_key = secrets.token_bytes(masters.KEY_BYTES)
    wrapped = _wrap(data_key)
    _opened.remember(wrapped, data_key)  # whoever makes a record seals its fields next
    return wrapped


def seal(plaintext: bytes, data_key: Wrapped, context: str) -> bytes:
    """Close content into a box that opens with the same key and in the same place only."""
    nonce = os.urandom(NONCE)
    return VERSION + nonce + _cipher(data_key).encrypt(nonce, plaintext, _place(context))


def unseal(box: bytes | memoryview, data_key: Wrapped, context: str) -> bytes:
    """Open a box; raises `Tampered` when it was altered or belongs to another place."""
    box = bytes(box)
    if box[:1] != VERSION or len(box) < 1 + NONCE + TAG:
        raise Tampered(f"What stands in {context} is not a sealed value.")
    try:
        return _cipher(data_key).decrypt(box[1 : 1 + NONCE], box[1 + NONCE :], _place(context))
    except InvalidTag:
        raise Tampered(
            f"What stands in {context} was altered, or belongs to another place. Compare it with a backup."
        ) from None


def rewrap(wrapped: bytes | memoryview) -> bytes:
    """The same data key under the current master key; unchanged when it is there already."""
    wrapped = bytes(wrapped)
    if wrapped[1:HEADER] == masters.current()[0]:
        return wrapped
    return _wrap(unwrap(wrapped))


def master_of(wrapped: bytes | memoryview) -> str:
    """The id of the master key that a data key depends on."""
    return bytes(wrapped)[1:HEADER].hex()


def forget(wrapped: Wrapped) -> None:
    """Drop an opened key from this process's memory (after its record was erased)."""
    if wrapped is not None:
        _opened.forget(bytes(wrapped))


def opened(data_key: Wrapped) -> bytes:
    """The key itself; `KeyDestroyed` when there is none any more."""
    if not data_key:
        raise KeyDestroyed
    return _opened.get(bytes(data_key))


def unwrap(wrapped: bytes) -> bytes:
    """Open a wrapped data key with its master key."""
    if wrapped[:1] != VERSION or len(wrapped) != WRAPPED_SIZE:
        raise Tampered("A data key is damaged. Restore the row from a backup.")
    master = AESGCM(masters.key(wrapped[1:HEADER]))
    try:
        return master.decrypt(wrapped[HEADER : HEADER + NONCE], wrapped[HEADER + NONCE :], _purpose(wrapped[:HEADER]))
    except InvalidTag:
        raise Tampered("A data key was altered, or its master key was exchanged. Compare both with a backup.") from None


def _wrap(data_key: bytes) -> bytes:
    name, master = masters.current()
    header, nonce = VERSION + name, os.urandom(NONCE)
    return header + nonce + AESGCM(master).encrypt(nonce, data_key, _purpose(header))


def _cipher(data_key: Wrapped) -> AESGCM:
    return AESGCM(opened(data_key))


def _purpose(header: bytes) -> bytes:
    return b"kalon data key\0" + header


def _place(context: str) -> bytes:
    return b"kalon box\0" + context.encode("utf-8")
