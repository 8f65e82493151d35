"""Papers: how long a prescription takes to be drawn and signed, the two of them one after the other as they happen.

No database. A paper of eight medicines, one of them tapered, with names in Devanagari and Arabic and the code to verify
it, through the product's own template. Each round says something else, so that nothing can be kept; the last one is
read again, and a signature that does not hold ends the measurement.
"""

import io
import time
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from benchmarks._scratch import median, p99

SCALE = 100
MEDICINES = (
    "prednisolone", "amoxicillin", "paracetamol", "tretinoin-topical", "cetirizine", "tranexamic-acid", "mupirocin",
    "omeprazole",
)  # fmt: skip
TAPER = (("40", 5), ("30", 5), ("20", 5), ("10", 5), ("5", 5))
NAMES = ("नंदिनी अय्यर", "فاطمة الزهراء", "Nirmala Iyer", "Zoë Müller-Łukasik")

Figures = dict[str, float | int | str]


def run(scale: int) -> Figures:
    """Draw and sign `scale` prescriptions."""
    import django

    django.setup()
    from kalon.kernel import clock
    from kalon.papers import rules
    from kalon.prescribing.actions.paper import TEMPLATE
    from kalon.web.papers import draw

    now = clock.now()
    issuer = rules.issuer_for("Sharanya Clinic", country="IN", at=now - timedelta(days=1))
    own = rules.certificate_for("Dr Rohan Shah", title="Consultant", issuer=issuer, at=now - timedelta(days=1))
    signer = rules.signer_of(name="Dr Rohan Shah, Consultant", chain=own.chain, key=own.key)
    drawn, signed, whole, pdf = [], [], [], b""
    for number in range(scale):
        data = prescription(number)
        begun = time.perf_counter()
        bare = draw(TEMPLATE, data)
        between = time.perf_counter()
        pdf = rules.signed(bare, signer=signer, reason="Prescription", place="Kochi")
        done = time.perf_counter()
        drawn.append(between - begun)
        signed.append(done - between)
        whole.append(done - begun)
    _must_hold(pdf, issuer.chain)
    return {
        "papers_count": scale, "medicines_count": len(MEDICINES), "pdf_bytes": len(pdf),
        "draw_median_ms": median(drawn), "draw_p99_ms": p99(drawn),
        "sign_median_ms": median(signed), "sign_p99_ms": p99(signed),
        "paper_median_ms": median(whole), "paper_p99_ms": p99(whole),
    }  # fmt: skip


def prescription(number: int) -> dict[str, Any]:
    """What stands on one of the papers, as the verb gives it to the template."""
    from kalon.web.papers import square_code

    link = f"https://clinic.example/verify/{number:043d}"
    return {
        "clinic": "Sharanya Clinic", "tagline": "Skin and surgery", "branch": "Kochi", "gstin": "32ABCDE1234F1Z9",
        "address": "14 Avenue Road, Panampilly Nagar", "phone": "+91 484 231 0014",
        "title": "Prescription", "number": f"KOC/RX26/{number:05d}", "date": "24 November 2026",
        "patient": NAMES[number % len(NAMES)], "mrn": f"SK-{number:06d}", "who": "34 years, female",
        "allergies": "Penicillin, latex", "doctor": "Dr Rohan Shah", "doctor_title": "Consultant, Plastic surgery",
        "registration": "TCMC 12345", "items": [_item(code) for code in MEDICINES],
        "advice": "Sunscreen every morning.\nसुबह सनस्क्रीन लगाएँ।\nضعي واقي الشمس كل صباح.",
        "diet": "Plenty of water.", "follow_up": "In two weeks.",
        "refills": "May be handed out again 2 times, until 24 February 2027",
        "verify": {"link": link, "code": square_code(link), "signer": "Dr Rohan Shah, Consultant"},
    }  # fmt: skip


def _item(code: str) -> dict[str, Any]:
    from kalon.prescribing import rules

    medicine = rules.load().medicines[code]
    begun = rules.begun_with(medicine)
    course = rules.Course(begun.dose, begun.dose_unit, begun.frequency, 7, steps=_steps(code))
    quantity = course.quantity()
    return {
        "name": medicine.name, "form": f"{begun.form} {begun.strength}", "sentence": course.sentence(),
        "steps": [{"days": days, "take": take} for days, take in course.by_days()], "when": "",
        "route": begun.route, "amount": rules.counted(quantity, begun.dose_unit) if quantity else "1 pack",
        "instructions": "With food." if code == "prednisolone" else "",
    }  # fmt: skip


def _steps(code: str) -> Sequence[Any]:
    from kalon.prescribing.rules import Step

    return [Step(Decimal(dose) / 5, "OD", days) for dose, days in TAPER] if code == "prednisolone" else ()


def _must_hold(pdf: bytes, chain: str) -> None:
    from asn1crypto import pem, x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    root = x509.Certificate.load(pem.unarmor(chain.encode())[2])
    trust = ValidationContext(trust_roots=[root], allow_fetching=False)
    found = validate_pdf_signature(PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0], trust)
    if not (found.intact and found.valid):
        raise SystemExit("The signature does not hold: nothing was measured.")
