"""What can go wrong with a secret. None of these sentences holds one."""


class CryptoError(Exception):
    """A secret could not be made, opened or removed."""


class KeyDestroyed(CryptoError):
    """The record was erased: its key is gone, and its content with it."""

    def __init__(self, detail: str = "The key of this record was destroyed, so its content is gone for good.") -> None:
        super().__init__(detail)


class Tampered(CryptoError):
    """The sealed content is not what was written here: altered, cut, or moved from another place."""


class MasterKeyMissing(CryptoError):
    """The key folder does not hold the master key that a record was sealed under."""


class MasterKeyInUse(CryptoError):
    """A master key may not be retired while records still depend on it."""
