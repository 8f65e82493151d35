"""Somebody outside the clinic who was handed a signed PDF: do they call its signature valid, and see a change?

It reads with `pdfsig` (poppler) where that is installed: another program, which shares no code with ours. Elsewhere it
reads with pyHanko, and trusts nobody beforehand either.
"""

import io
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

VALID, CHANGED = "Signature is Valid.", "Digest Mismatch."


def verdict(pdf: bytes, folder: Path) -> str:
    """What a reader says of the first signature: `VALID`, `CHANGED`, or its own words for anything else."""
    if shutil.which("pdfsig"):
        return _pdfsig(pdf, folder)
    with ThreadPoolExecutor(1) as elsewhere:  # it starts a loop of its own, and a browser test is in one already
        return elsewhere.submit(_pyhanko, pdf).result()


def tampered(pdf: bytes) -> bytes:
    """The same paper with one byte of its title changed."""
    at = pdf.index(b"/Title") + 8
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def _pdfsig(pdf: bytes, folder: Path) -> str:
    file = folder / "handed-over.pdf"
    file.write_bytes(pdf)
    said = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, timeout=60)
    found = re.search(r"Signature Validation: (.+)", said.stdout)
    whole = "Total document signed" in said.stdout
    return found[1].strip() if found and (whole or VALID not in found[1]) else said.stdout + said.stderr


def _pyhanko(pdf: bytes) -> str:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    nobody = ValidationContext(trust_roots=[])
    found = validate_pdf_signature(PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0], nobody)
    if found.intact and found.valid and found.coverage.name == "ENTIRE_FILE":
        return VALID
    return CHANGED if not found.intact else found.pretty_print_details()
