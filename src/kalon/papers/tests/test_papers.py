"""Papers are signed by a person, kept as they left, and known by their code."""

import io
import re
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_pem_private_key, pkcs12
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from kalon.kernel import clock
from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import Clash, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.papers import actions, queries, rules
from kalon.papers.models import Certificate, Issuer, SignedPaper
from kalon.papers.tests.conftest import letter
from kalon.patients.tests.factories import patient
from kalon.people.rules import PATIENT_PERMISSIONS
from kalon.people.tests.factories import Clinic


def read(here: Clinic, paper: SignedPaper) -> bytes:
    with acting_as(here.doctor):
        return queries.content(paper.pk, seen_by=here.doctor)[1]


def trusted(here: Clinic) -> ValidationContext:
    """What a reader outside needs: the clinic's own certificate, and nothing else."""
    from asn1crypto import pem
    from asn1crypto import x509 as asn1

    with acting_as(here.doctor):
        found = queries.issuer(seen_by=here.doctor)
    assert found is not None
    _, _, der = pem.unarmor(bytes(found.certificate))
    return ValidationContext(trust_roots=[asn1.Certificate.load(der)], allow_fetching=False)


def judged(pdf: bytes, trust: ValidationContext) -> Any:
    return validate_pdf_signature(PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0], trust)


def code_of(pdf: bytes) -> str:
    """The token that is printed on a paper, found in its text."""
    from pypdf import PdfReader

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    found = re.search(r"/verify/([A-Za-z0-9_-]{43})", text.replace("\n", ""))
    assert found is not None, text
    return found[1]


def test_a_paper_is_signed_by_the_person_and_valid_for_an_outside_reader(here: Clinic, meera: Any) -> None:
    paper = letter(here, meera)
    pdf = read(here, paper)
    found = judged(pdf, trusted(here))
    assert found.bottom_line, found.pretty_print_details()
    assert found.signing_cert.subject.native["common_name"] == here.staff["doctor"].name
    assert b"/ETSI.CAdES.detached" in pdf  # PAdES, ETSI EN 319 142-1
    assert (paper.signer, len(pdf)) == (here.staff["doctor"].name, paper.size)


def test_a_changed_byte_is_seen(here: Clinic, meera: Any) -> None:
    pdf = bytearray(read(here, letter(here, meera)))
    at = pdf.index(b"/Title")
    pdf[at + 8] ^= 1
    assert not judged(bytes(pdf), trusted(here)).intact


def test_a_signature_of_another_clinic_is_not_trusted(here: Clinic, meera: Any) -> None:
    pdf = read(here, letter(here, meera))
    stranger = rules.issuer_for("Another clinic", country="IN", at=clock.now())
    from asn1crypto import pem
    from asn1crypto import x509 as asn1

    other = asn1.Certificate.load(pem.unarmor(stranger.chain.encode())[2])
    found = judged(pdf, ValidationContext(trust_roots=[other], allow_fetching=False))
    assert found.intact and not found.trusted


def test_the_file_stays_as_it_left_and_lies_sealed(here: Clinic, meera: Any) -> None:
    paper = letter(here, meera)
    first = read(here, paper)
    assert read(here, paper) == first
    with acting_as(here.system):
        kept = bytes(SignedPaper.objects.get(pk=paper.pk).content)
    assert b"%PDF" not in kept and b"Meera" not in kept


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE papers_signedpaper SET sha256 = repeat('0', 64)",
        "UPDATE papers_signedpaper SET signer = 'Somebody else'",
        "UPDATE papers_signedpaper SET content = ''",
    ],
)
def test_a_signed_paper_never_changes_by_sql(here: Clinic, meera: Any, change: str) -> None:
    letter(here, meera)
    with acting_as(here.system), pytest.raises(DatabaseError) as refused, transaction.atomic():
        connection.cursor().execute(change)
    assert broken_constraint(refused.value.__cause__) == "papers_paper_stays"


def test_nobody_removes_a_paper_or_takes_a_withdrawal_back(here: Clinic, meera: Any) -> None:
    paper = letter(here, meera)
    actions.withdraw(paper.pk, "The dose was wrong", by=here.doctor)
    with acting_as(here.system):
        for change in ("DELETE FROM papers_signedpaper", "TRUNCATE papers_signedpaper"):
            with pytest.raises(DatabaseError), transaction.atomic():
                connection.cursor().execute(change)
        back = "UPDATE papers_signedpaper SET withdrawn_at = NULL, withdrawn_by = '', withdrawn_reason = ''"
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            connection.cursor().execute(back)
    assert broken_constraint(refused.value.__cause__) == "papers_paper_stays"


def test_of_one_record_one_paper_holds(here: Clinic, meera: Any) -> None:
    paper = letter(here, meera)
    with pytest.raises(Clash, match="signed already"):
        letter(here, meera, source_id=paper.source_id)
    actions.withdraw(paper.pk, "A word was missing", by=here.doctor)
    again = letter(here, meera, source_id=paper.source_id)
    with acting_as(here.doctor):
        assert queries.holding(paper.source_id, again.kind, seen_by=here.doctor) == again


def test_only_who_may_sign_signs(here: Clinic, meera: Any) -> None:
    for role in ("nurse", "frontdesk"):
        with pytest.raises(NotPermitted):
            letter(here, meera, by=here.actors[role])
    paper = letter(here, meera)
    with pytest.raises(NotPermitted):
        actions.withdraw(paper.pk, "For no reason", by=here.nurse)
    with acting_as(here.system):
        assert SignedPaper.objects.get().withdrawn_at is None


def test_the_clinic_seals_where_others_signed(here: Clinic, meera: Any) -> None:
    from kalon.papers.tests.conftest import LETTER

    paper = actions.seal(
        LETTER, {"title": "Consent", "number": "", "date": "", "words": "Agreed"}, kind=queries.Kind.CONSENT,
        title="Consent", patient_id=meera.pk, branch_id=here.branch.pk, source_id=meera.pk, by=here.system,
    )  # fmt: skip
    assert paper.signer == here.organization.name
    assert judged(read(here, paper), trusted(here)).bottom_line


def test_a_patient_reads_their_own_papers_only(here: Clinic, meera: Any) -> None:
    paper, other = letter(here, meera), letter(here, patient(here.system))
    herself = Actor(
        kind=Kind.PATIENT, name="Meera", organization_id=here.organization.pk, patient_id=meera.pk,
        grants=MappingProxyType({EVERYWHERE: PATIENT_PERMISSIONS}),
    )  # fmt: skip
    with acting_as(herself):
        assert queries.content(paper.pk, seen_by=herself)[1].startswith(b"%PDF")
        with pytest.raises(NotFound):
            queries.content(other.pk, seen_by=herself)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM papers_signedpaper")
            assert cursor.fetchone() == (1,)
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute("SELECT key FROM papers_certificate")


def test_a_stranger_with_the_code_learns_that_it_is_genuine_and_nothing_of_the_patient(
    here: Clinic, meera: Any, client: Client
) -> None:
    paper = letter(here, meera)
    pdf = read(here, paper)
    path = f"/verify/{code_of(pdf)}"
    page = client.get(path)
    words = page.content.decode()
    assert page.status_code == 200
    assert "This paper is genuine" in words and here.staff["doctor"].name in words
    assert "Meera" not in words and meera.mrn not in words
    same = client.post(path, {"file": io.BytesIO(pdf)})
    assert "to the last letter" in same.content.decode()
    changed = client.post(path, {"file": io.BytesIO(pdf + b" ")})
    assert "not the paper that was signed" in changed.content.decode()
    actions.withdraw(paper.pk, "The dose was wrong", by=here.doctor)
    assert "no longer holds" in client.get(path).content.decode()
    assert client.get(f"/verify/{'A' * 43}").status_code == 404
    assert client.get("/verify/not-a-code").status_code == 404
    assert "dose was wrong" not in client.get(path).content.decode()  # why is the clinic's own


def test_the_clinics_issuer_is_made_once_and_people_keep_their_certificate(here: Clinic, meera: Any) -> None:
    for _ in range(2):
        letter(here, meera)
    with acting_as(here.system):
        assert (Issuer.objects.count(), Certificate.objects.count()) == (1, 1)


def test_a_certificate_of_the_clinic_is_followed_before_it_ends(here: Clinic, meera: Any) -> None:
    first = letter(here, meera)
    with clock.at(clock.now() + rules.certificates.LASTS - timedelta(days=10)):
        second = letter(here, meera)
    assert first.certificate_id != second.certificate_id
    with acting_as(here.system):
        assert Certificate.objects.filter(ended_at=None).count() == 1


def brought(*, until: datetime | None = None, bits: int = 2048) -> bytes:
    """A .p12 as a certifying authority gives it out."""
    now = datetime.now(UTC)
    issuer = rules.issuer_for("An authority", country="IN", at=now)
    key = rsa.generate_private_key(65537, bits)
    own = rules.certificate_for("Dr Kavya Menon", title="", issuer=issuer, at=now)
    root = x509.load_pem_x509_certificate(issuer.chain.encode())
    made = (
        x509.CertificateBuilder()
        .subject_name(own.own.subject)
        .issuer_name(root.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=800))
        .not_valid_after(until or now + timedelta(days=300))
        .sign(load_pem_private_key(issuer.key.encode(), None), SHA256())
    )
    return pkcs12.serialize_key_and_certificates(b"me", key, made, [root], BestAvailableEncryption(b"secret"))


def test_a_certificate_from_an_authority_takes_over(here: Clinic, meera: Any) -> None:
    letter(here, meera)
    made = actions.bring_certificate(here.staff["doctor"].pk, brought(), "secret", by=here.owner)
    paper = letter(here, meera)
    assert (made.subject, paper.certificate_id) == ("Dr Kavya Menon", made.pk)
    assert judged(read(here, paper), trusted(here)).intact


@pytest.mark.parametrize(
    ("file", "password", "sentence"),
    [
        (brought(), "wrong", "does not open with this password"),
        (b"not a certificate", "secret", "does not open with this password"),
        (brought(until=datetime.now(UTC) - timedelta(days=1)), "secret", "has ended"),
        (brought(bits=1024), "secret", "too short"),
    ],
    ids=["password", "rubbish", "ended", "short"],
)
def test_a_file_that_cannot_sign_is_refused_with_a_sentence(
    here: Clinic, file: bytes, password: str, sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        actions.bring_certificate(here.staff["doctor"].pk, file, password, by=here.owner)
    with pytest.raises(NotPermitted):
        actions.bring_certificate(here.staff["doctor"].pk, brought(), "secret", by=here.doctor)
    with acting_as(here.system):
        assert not Certificate.objects.exists()


def test_after_a_certificate_is_ended_the_next_paper_gets_a_new_one(here: Clinic, meera: Any) -> None:
    first = letter(here, meera)
    with pytest.raises(Invalid, match="why"):
        actions.end_certificate(first.certificate_id, " ", by=here.owner)
    actions.end_certificate(first.certificate_id, "The laptop was stolen", by=here.owner)
    assert letter(here, meera).certificate_id != first.certificate_id
