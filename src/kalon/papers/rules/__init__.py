"""Making certificates, signing a PDF with one, and looking at a signature."""

from kalon.papers.rules.certificates import (
    Pair,
    certificate_for,
    from_pkcs12,
    issuer_for,
    last_day,
    name_of,
)
from kalon.papers.rules.signing import Signer, signed, signer_of

__all__ = [
    "Pair",
    "Signer",
    "certificate_for",
    "from_pkcs12",
    "issuer_for",
    "last_day",
    "name_of",
    "signed",
    "signer_of",
]
