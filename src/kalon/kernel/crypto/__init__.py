"""Envelope encryption: a data key per record, wrapped by a master key that is kept apart from the data.

    key = new_data_key()                          # wrapped; stands in the record's own row
    box = seal(b"Meera", key, "patients_patient.given_name:0190…")
    unseal(box, key, "patients_patient.given_name:0190…")

AES-256-GCM throughout. The context is authenticated, not stored: a box moved to another row or column does
not open. To erase a record, its wrapped key is set to NULL; nothing brings the content back but an old
backup, and after a restore the tombstones are replayed (`kalon.kernel.erasure`).

Keyed hashes (`keyed_hash`, `hash_token`) come from a second secret, the index key, which does NOT rotate with
the master: the search tokens of every patient depend on it, and changing it means reading and writing all of
them again. The price is that whoever once copied it can test guesses of a name against the tokens for ever.
"""

from kalon.kernel.crypto.blobs import seal_file, unseal_chunks, unseal_file
from kalon.kernel.crypto.boxes import forget, master_of, new_data_key, rewrap, seal, unseal
from kalon.kernel.crypto.errors import CryptoError, KeyDestroyed, MasterKeyInUse, MasterKeyMissing, Tampered
from kalon.kernel.crypto.hashes import hash_token, keyed_hash, random_token
from kalon.kernel.crypto.masters import masters, retire, rotate_master

__all__ = [
    "CryptoError",
    "KeyDestroyed",
    "MasterKeyInUse",
    "MasterKeyMissing",
    "Tampered",
    "forget",
    "hash_token",
    "keyed_hash",
    "master_of",
    "masters",
    "new_data_key",
    "random_token",
    "retire",
    "rewrap",
    "rotate_master",
    "seal",
    "seal_file",
    "unseal",
    "unseal_chunks",
    "unseal_file",
]
