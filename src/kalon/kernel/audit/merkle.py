"""Merkle trees as in RFC 6962: one root for many entries, and a short proof that an entry is under it."""

from dataclasses import dataclass
from hashlib import sha256

EMPTY = sha256(b"").digest()


def leaf(content: bytes) -> bytes:
    """The hash of one entry."""
    return sha256(b"\x00" + content).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two hashes."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: list[bytes]) -> bytes:
    """The root over leaf hashes in their order; an odd one out moves up unchanged."""
    if not leaves:
        return EMPTY
    level = leaves
    while len(level) > 1:
        pairs = [node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def path(leaves: list[bytes], index: int) -> tuple[tuple[str, bytes], ...]:
    """The neighbours on the way from a leaf to the root, each with its side."""
    steps: list[tuple[str, bytes]] = []
    level = leaves
    while len(level) > 1:
        other = index ^ 1
        if other < len(level):
            steps.append(("left" if other < index else "right", level[other]))
        pairs = [node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
        index //= 2
    return tuple(steps)


def chained(previous: bytes, tree: bytes) -> bytes:
    """What a seal carries: its own tree tied to everything sealed before."""
    return sha256(b"\x02" + previous + tree).digest()


@dataclass(frozen=True)
class Proof:
    """That one entry stands in one seal: its canonical text and the way up to the root outside."""

    seal: int
    content: str
    steps: tuple[tuple[str, bytes], ...]
    previous_root: bytes


def check(proof: Proof, root_outside: bytes) -> bool:
    """Whether the entry is under the root that was written outside the database."""
    found = leaf(proof.content.encode("utf-8"))
    for side, other in proof.steps:
        found = node(other, found) if side == "left" else node(found, other)
    return chained(proof.previous_root, found) == root_outside
