"""Large content (photos, audio, documents) sealed in authenticated pieces, streamed both ways.

The file is: b"KLB1", salt (16), then pieces of 1 MiB, each AES-GCM with its 16-byte tag. Every file has a key of
its own (HKDF of the data key with the salt, and with a second `half` of the key where the caller keeps one under
another lock: then neither half opens the file alone); a piece's nonce is its number and whether it is the last, so a
piece that is missing, moved, repeated or added does not open.
"""

import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kalon.kernel.crypto.boxes import TAG, Wrapped, opened
from kalon.kernel.crypto.errors import Tampered

MAGIC = b"KLB1"
SALT = 16
PIECE = 1024 * 1024


def seal_file(source: BinaryIO, target: BinaryIO, data_key: Wrapped, context: str, *, half: bytes = b"") -> int:
    """Seal everything that `source` holds into `target`; returns the number of plain bytes."""
    salt = os.urandom(SALT)
    cipher, place = _cipher(data_key, salt, half), _place(context)
    target.write(MAGIC + salt)
    total, number, piece = 0, 0, _exactly(source, PIECE)
    while True:
        following = _exactly(source, PIECE) if len(piece) == PIECE else b""
        last = not following
        target.write(cipher.encrypt(_nonce(number, last), piece, place))
        total += len(piece)
        if last:
            return total
        piece, number = following, number + 1


def unseal_file(source: BinaryIO, target: BinaryIO, data_key: Wrapped, context: str, *, half: bytes = b"") -> int:
    """Open a sealed file into `target`; on `Tampered` throw away what was written so far."""
    return sum(target.write(piece) for piece in unseal_chunks(source, data_key, context, half=half))


def unseal_chunks(source: BinaryIO, data_key: Wrapped, context: str, *, half: bytes = b"") -> Iterator[bytes]:
    """The content piece by piece; each is authentic when it comes, and a cut end raises `Tampered`."""
    header = _exactly(source, len(MAGIC) + SALT)
    if len(header) < len(MAGIC) + SALT or header[: len(MAGIC)] != MAGIC:
        raise Tampered("This is not a sealed file.")
    cipher, place = _cipher(data_key, header[len(MAGIC) :], half), _place(context)
    number, piece = 0, _exactly(source, PIECE + TAG)
    while True:
        following = _exactly(source, PIECE + TAG) if len(piece) == PIECE + TAG else b""
        last = not following
        try:
            yield cipher.decrypt(_nonce(number, last), piece, place)
        except (InvalidTag, ValueError):
            raise Tampered(f"A sealed file was altered or cut at piece {number + 1}. Take it from a backup.") from None
        if last:
            return
        piece, number = following, number + 1


def _cipher(data_key: Wrapped, salt: bytes, half: bytes) -> AESGCM:
    derive = HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"kalon file")
    return AESGCM(derive.derive(opened(data_key) + half))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _place(context: str) -> bytes:
    return b"kalon file\0" + context.encode("utf-8")


def _exactly(source: BinaryIO, size: int) -> bytes:
    """As many bytes as asked for, fewer only at the end (a socket may give less at a time)."""
    parts, missing = [], size
    while missing and (part := source.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
