"""X.509 as a clinic needs it: an issuer of its own, certificates of its people, and one brought from outside."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from kalon.kernel.errors import Invalid

ISSUER_LASTS = timedelta(days=365 * 20)
LASTS = timedelta(days=365 * 2)
EARLY = timedelta(minutes=5)  # a reader's clock may be a little behind
LEAST_RSA = 2048


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate chain as PEM, the signer's own first, and its private key as PKCS#8 PEM."""

    chain: str
    key: str

    @property
    def own(self) -> x509.Certificate:
        return x509.load_pem_x509_certificates(self.chain.encode())[0]


def issuer_for(clinic: str, *, country: str, at: datetime) -> Pair:
    """A clinic's own issuer: it vouches for certificates of the clinic's people and for nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, country),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, clinic[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{clinic[:50]} signatures"),
        ]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - EARLY)
        .not_valid_after(at + ISSUER_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    return Pair(chain=_pem(made), key=_key_pem(key))


def certificate_for(name: str, *, title: str, issuer: Pair, at: datetime) -> Pair:
    """A certificate of one person of the clinic (or of the clinic's own seal), signed by its issuer."""
    key = ec.generate_private_key(ec.SECP256R1())
    root = issuer.own
    root_key = load_pem_private_key(issuer.key.encode(), None)
    assert isinstance(root_key, ec.EllipticCurvePrivateKey)
    clinic = root.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    parts = [*clinic, x509.NameAttribute(NameOID.COMMON_NAME, name[:64])]
    if title:
        parts.append(x509.NameAttribute(NameOID.TITLE, title[:64]))
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(parts))
        .issuer_name(root.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - EARLY)
        .not_valid_after(min(at + LASTS, root.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), critical=False)  # type: ignore[arg-type]
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(root_key, SHA256())
    )
    return Pair(chain=_pem(made) + issuer.chain, key=_key_pem(key))


def from_pkcs12(content: bytes, password: str) -> Pair:
    """A certificate from a certifying authority, out of the file (.p12, .pfx) that its holder was given."""
    try:
        opened = pkcs12.load_pkcs12(content, password.encode() or None)
    except ValueError:
        raise Invalid(
            "This file does not open with this password. Choose the .p12 or .pfx file and type its password again.",
            field="password",
        ) from None
    if opened.key is None or opened.cert is None:
        raise Invalid("This file holds no certificate with its key. Export both together.", field="file")
    key, own = opened.key, opened.cert.certificate
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise Invalid("Papers are signed with an RSA or elliptic-curve key; this is another kind.", field="file")
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < LEAST_RSA:
        raise Invalid(f"This key is too short to be trusted: RSA needs {LEAST_RSA} bits.", field="file")
    if own.public_key() != key.public_key():
        raise Invalid("The key in this file does not belong to its certificate.", field="file")
    if not _may_sign(own):
        raise Invalid("This certificate is not made for signing documents.", field="file")
    others = [extra.certificate for extra in opened.additional_certs]
    return Pair(chain="".join(map(_pem, [own, *others])), key=_key_pem(key))


def last_day(pair: Pair) -> datetime:
    """Until when a certificate holds."""
    return pair.own.not_valid_after_utc


def name_of(pair: Pair) -> str:
    """Whose it is, as it says itself."""
    found = pair.own.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else pair.own.subject.rfc4514_string()


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _usage(**wanted: bool) -> x509.KeyUsage:
    every = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: wanted.get(name, False) for name in every})


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def _key_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
