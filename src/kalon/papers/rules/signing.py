"""A PAdES signature on a PDF: added after its last byte, so that what was drawn stays as it was."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD = "Signature"


@dataclass(frozen=True)
class Signer:
    """Who signs: the name as readers show it, the chain and the key as PEM."""

    name: str
    chain: str
    key: str

    @cached_property
    def _signer(self) -> Any:
        own, *others = [
            asn1_x509.Certificate.load(der) for _, _, der in pem.unarmor(self.chain.encode(), multiple=True)
        ]
        _, _, key = pem.unarmor(self.key.encode())
        return signers.SimpleSigner(
            signing_cert=own,
            signing_key=asn1_keys.PrivateKeyInfo.load(key),
            cert_registry=SimpleCertificateStore.from_certs([own, *others]),
        )


def signer_of(*, name: str, chain: str, key: str) -> Signer:
    """A signer from what is kept of a certificate."""
    return Signer(name=name, chain=chain, key=key)


def signed(pdf: bytes, *, signer: Signer, reason: str, place: str) -> bytes:
    """The PDF with a PAdES baseline signature (ETSI EN 319 142-1, B-B) of this signer."""
    shown = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        name=signer.name,
        reason=reason,
        location=place,
    )

    def sign() -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        out = signers.sign_pdf(writer, shown, signer=signer._signer)
        return bytes(out.getvalue())

    with ThreadPoolExecutor(1) as pool:  # the library opens an event loop of its own, and this thread may have one
        return pool.submit(sign).result()
