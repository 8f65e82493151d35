"""Envelope encryption under attack: flipped bits, moved boxes, cut files, lost and rewound master keys."""

import io
import multiprocessing
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kalon.kernel import crypto
from kalon.kernel.crypto import blobs, boxes

ORG = UUID("0190a8e0-0000-7000-8000-000000000001")
OTHER = UUID("0190a8e0-0000-7000-8000-000000000002")
PLACE = "patients_patient.given_name:1"


@pytest.fixture(autouse=True)
def keys(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.KALON_KEYS_DIR = tmp_path / "keys"
    return settings.KALON_KEYS_DIR


class TestBoxes:
    def test_what_was_sealed_opens_in_its_place(self) -> None:
        key = crypto.new_data_key()
        assert crypto.unseal(crypto.seal("मीरा".encode(), key, PLACE), key, PLACE).decode() == "मीरा"

    def test_two_boxes_of_one_value_differ(self) -> None:
        key = crypto.new_data_key()
        assert crypto.seal(b"x", key, PLACE) != crypto.seal(b"x", key, PLACE)

    def test_every_flipped_bit_is_seen(self) -> None:
        key = crypto.new_data_key()
        box = crypto.seal(b"Meera", key, PLACE)
        for at in range(len(box) * 8):
            broken = bytearray(box)
            broken[at // 8] ^= 1 << at % 8
            with pytest.raises(crypto.Tampered):
                crypto.unseal(bytes(broken), key, PLACE)

    def test_every_flipped_bit_of_a_wrapped_key_is_seen(self) -> None:
        key = crypto.new_data_key()
        for at in range(len(key) * 8):
            broken = bytearray(key)
            broken[at // 8] ^= 1 << at % 8
            with pytest.raises((crypto.Tampered, crypto.MasterKeyMissing)):
                crypto.seal(b"", bytes(broken), PLACE)

    def test_a_box_moved_to_another_row_column_or_key_does_not_open(self) -> None:
        key, other = crypto.new_data_key(), crypto.new_data_key()
        box = crypto.seal(b"Meera", key, PLACE)
        for wrapped, place in (
            (key, "patients_patient.given_name:2"),
            (key, "patients_patient.phone:1"),
            (other, PLACE),
        ):
            with pytest.raises(crypto.Tampered):
                crypto.unseal(box, wrapped, place)

    @given(content=st.binary(max_size=300), place=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
    def test_any_content_in_any_place(self, content: bytes, place: str) -> None:
        key = crypto.new_data_key()
        assert crypto.unseal(crypto.seal(content, key, place), key, place) == content

    def test_a_cut_box_is_no_box(self) -> None:
        key = crypto.new_data_key()
        box = crypto.seal(b"Meera", key, PLACE)
        for size in range(len(box)):
            with pytest.raises(crypto.Tampered):
                crypto.unseal(box[:size], key, PLACE)

    def test_without_its_key_nothing_opens(self) -> None:
        with pytest.raises(crypto.KeyDestroyed, match="gone for good"):
            crypto.unseal(crypto.seal(b"x", crypto.new_data_key(), PLACE), None, PLACE)

    def test_opened_keys_in_memory_are_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(boxes, "REMEMBERED", 5)
        for _ in range(12):
            crypto.seal(b"", crypto.new_data_key(), PLACE)
        assert len(boxes._opened) == 5


class TestMasters:
    def test_the_folder_is_for_the_service_alone(self, keys: Path) -> None:
        crypto.new_data_key()
        assert stat.S_IMODE(keys.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in keys.iterdir()} == {0o600}

    def test_a_rotated_master_seals_anew_and_still_opens_the_old(self) -> None:
        old = crypto.new_data_key()
        box = crypto.seal(b"Meera", old, PLACE)
        name = crypto.rotate_master()
        assert crypto.master_of(crypto.new_data_key()) == name
        moved = crypto.rewrap(old)
        assert crypto.master_of(moved) == name != crypto.master_of(old)
        assert crypto.unseal(box, old, PLACE) == crypto.unseal(box, moved, PLACE) == b"Meera"
        assert crypto.rewrap(moved) == moved

    def test_a_master_in_use_is_not_retired(self, keys: Path) -> None:
        old = crypto.new_data_key()
        first = crypto.master_of(old)
        with pytest.raises(crypto.MasterKeyInUse, match="current"):
            crypto.retire(first, still_used=0)
        crypto.rotate_master()
        with pytest.raises(crypto.MasterKeyInUse, match="7 records"):
            crypto.retire(first, still_used=7)
        moved = crypto.rewrap(old)
        crypto.retire(first, still_used=0)
        assert crypto.masters() == [crypto.master_of(moved)]
        boxes._opened.forget(old)
        with pytest.raises(crypto.MasterKeyMissing, match="Restore the key folder"):
            crypto.seal(b"", old, PLACE)

    def test_a_rewound_folder_says_which_key_it_lacks(self, keys: Path, tmp_path: Path, settings: Any) -> None:
        first = crypto.masters()[0]
        older = tmp_path / "older"
        older.mkdir()
        for path in keys.iterdir():
            (older / path.name).write_bytes(path.read_bytes())
        name = crypto.rotate_master()
        key = crypto.new_data_key()
        settings.KALON_KEYS_DIR = older
        with pytest.raises(crypto.MasterKeyMissing, match=name):
            boxes.unwrap(key)
        assert crypto.masters() == [first]

    def test_an_exchanged_master_file_is_seen(self, keys: Path, settings: Any, tmp_path: Path) -> None:
        key = crypto.new_data_key()
        path = keys / f"{crypto.master_of(key)}.key"
        path.write_bytes(path.read_bytes()[:8] + os.urandom(32))
        moved = tmp_path / "elsewhere"
        keys.rename(moved)
        settings.KALON_KEYS_DIR = moved
        with pytest.raises(crypto.Tampered):
            boxes.unwrap(key)

    def test_a_lost_pointer_makes_no_second_set_of_keys(self, keys: Path) -> None:
        crypto.new_data_key()
        (keys / "current").unlink()
        with pytest.raises(crypto.CryptoError, match="backup"):
            crypto.new_data_key()

    def test_many_processes_starting_at_once_make_one_key(self, keys: Path) -> None:
        with multiprocessing.get_context("fork").Pool(8) as pool:
            names = pool.map(_first_key, [str(keys)] * 32)
        assert len(set(names)) == 1
        assert len(list(keys.glob("*.key"))) == 2  # the master and the index


def _first_key(_folder: str) -> str:
    return crypto.master_of(crypto.new_data_key())


class TestFiles:
    SIZES = (0, 1, 15, 16, 17, 31, 32, 33, 100)

    @pytest.fixture(autouse=True)
    def small_pieces(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(blobs, "PIECE", 16)

    def sealed(self, content: bytes, key: bytes) -> bytes:
        target = io.BytesIO()
        assert crypto.seal_file(io.BytesIO(content), target, key, PLACE) == len(content)
        return target.getvalue()

    def opened(self, sealed: bytes, key: bytes, place: str = PLACE) -> bytes:
        target = io.BytesIO()
        crypto.unseal_file(io.BytesIO(sealed), target, key, place)
        return target.getvalue()

    @pytest.mark.parametrize("size", SIZES)
    def test_any_size_comes_back(self, size: int) -> None:
        key, content = crypto.new_data_key(), os.urandom(size)
        assert self.opened(self.sealed(content, key), key) == content

    @pytest.mark.parametrize("size", SIZES)
    def test_a_cut_file_is_seen_wherever_it_is_cut(self, size: int) -> None:
        key = crypto.new_data_key()
        sealed = self.sealed(os.urandom(size), key)
        for end in range(len(sealed)):
            with pytest.raises(crypto.Tampered):
                self.opened(sealed[:end], key)

    def test_pieces_repeated_moved_dropped_or_added_are_seen(self) -> None:
        key = crypto.new_data_key()
        sealed = self.sealed(os.urandom(64), key)
        head, pieces = sealed[:20], [sealed[20 + at : 52 + at] for at in range(0, 128, 32)]
        a, b, c, d = pieces
        for order in (
            (b, a, c, d),
            (a, a, b, c, d),
            (a, c, d),
            (a, b, c, d, d),
            (a, b, c),
            (a, b, c, d, b"x"),
        ):
            with pytest.raises(crypto.Tampered):
                self.opened(head + b"".join(order), key)
        assert len(self.opened(head + a + b + c + d, key)) == 64

    def test_a_piece_of_another_file_of_the_same_record_is_seen(self) -> None:
        key = crypto.new_data_key()
        one, two = self.sealed(bytes(40), key), self.sealed(bytes(40), key)
        with pytest.raises(crypto.Tampered):
            self.opened(one[:52] + two[52:], key)

    def test_a_file_belongs_to_its_place(self) -> None:
        key = crypto.new_data_key()
        with pytest.raises(crypto.Tampered):
            self.opened(self.sealed(b"photo", key), key, "photos_photo.file:2")

    @settings(max_examples=60)
    @given(content=st.binary(max_size=80), at=st.integers(min_value=0), bit=st.integers(0, 7))
    def test_any_flipped_bit_is_seen(self, content: bytes, at: int, bit: int) -> None:
        key = crypto.new_data_key()
        broken = bytearray(self.sealed(content, key))
        broken[at % len(broken)] ^= 1 << bit
        with pytest.raises(crypto.Tampered):
            self.opened(bytes(broken), key)


class TestHashes:
    def test_equal_values_meet_only_in_one_field_of_one_organisation(self) -> None:
        one = crypto.keyed_hash("name", ORG, "meera")
        assert one == crypto.keyed_hash("name", ORG, b"meera")
        assert len({one, crypto.keyed_hash("name", OTHER, "meera"), crypto.keyed_hash("phone", ORG, "meera")}) == 3

    def test_the_index_does_not_rotate_with_the_master(self) -> None:
        before = crypto.keyed_hash("name", ORG, "meera")
        crypto.rotate_master()
        assert crypto.keyed_hash("name", ORG, "meera") == before

    def test_tokens_are_random_and_stored_hashed(self) -> None:
        token = crypto.random_token()
        assert len(token) == 43 and token != crypto.random_token()
        assert len(crypto.hash_token(token)) == 64
        assert crypto.hash_token("123456") != crypto.hash_token("123456", "sign-in-code")
