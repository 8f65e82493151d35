"""A first catalogue for an aesthetic clinic in India: believable, and every figure to be reviewed before use.

Tax: health care services by a clinical establishment are exempt (Notification No. 12/2017-Central Tax (Rate),
28 June 2017, entry 74, heading 9993); its definition leaves out hair transplant and cosmetic or plastic surgery,
unless it restores what a congenital defect, developmental abnormality, injury or trauma affected. SAC 999312
(medical and dental services) and 999722 (cosmetic treatment, including cosmetic or plastic surgery) are from the
Scheme of Classification of Services annexed to Notification No. 11/2017-Central Tax (Rate). Since September 2025
beauty services of group 99972 may have a lower rate: an accountant decides, and the rate is changed as data.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from kalon.catalog import queries
from kalon.catalog.actions.offers import MANAGE, add_appointment_type, add_package, add_service
from kalon.catalog.actions.policies import add_cancellation_policy
from kalon.catalog.actions.taxes import add_tax_rate
from kalon.catalog.models import AppointmentType
from kalon.catalog.rules import NeedLine
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import verb

Code = AppointmentType.Code
REVIEW = "Delivered with Kalon; to be reviewed by an accountant before use."
EXEMPT, COSMETIC = "GST-EXEMPT", "GST-18"
MEDICAL_SAC, COSMETIC_SAC = "999312", "999722"
GST_BEGAN = date(2017, 7, 1)

TAX_RATES = (
    (EXEMPT, "GST: exempt health care", "0",
     f"Notification 12/2017-Central Tax (Rate), entry 74, heading 9993. {REVIEW}"),
    (COSMETIC, "GST 18% (9% CGST + 9% SGST)", "18",
     f"Cosmetic treatment is outside the exemption of Notification 12/2017-Central Tax (Rate), entry 74; rate of "
     f"Notification 11/2017-Central Tax (Rate). {REVIEW}"),
    ("GST-5", "GST 5% (2.5% CGST + 2.5% SGST)", "5",
     f"Kept ready for services an accountant places in group 99972 after September 2025. {REVIEW}"),
)  # fmt: skip

# code, name, minutes, patients may book it, the consultation it begins
TYPES = (
    (Code.CONSULTATION, "Consultation", 30, True, "INITIAL"),
    (Code.FOLLOW_UP, "Follow-up", 20, True, "FOLLOW_UP"),
    (Code.REVIEW, "Review", 15, True, "REVIEW"),
    (Code.PRE_OP, "Pre-operative visit", 30, False, "PRE_OP"),
    (Code.POST_OP, "Post-operative visit", 20, False, "POST_OP"),
    (Code.SESSION, "Treatment session", 45, False, "FOLLOW_UP"),
    (Code.SURGERY, "Surgery", 180, False, ""),
    (Code.EMERGENCY, "Emergency", 30, False, "EMERGENCY"),
)

# A fee for not coming is taxed as what it is a fee for (Circular 178/10/2022-GST, paragraph 7); most visits booked
# ahead are exempt consultations, so these fees carry no tax.
POLICY = {
    "name": "24 hours' notice",
    "notice_hours": 24,
    "late_cancel_percent": Decimal(50),
    "no_show_percent": Decimal(100),
    "tax_code": EXEMPT,
    "hsn_sac": MEDICAL_SAC,
    "sentence": "Cancel or move your visit up to 24 hours before it for nothing. Later we charge half of its price, "
    "and the whole price if you do not come.",
}  # fmt: skip
UNDER_POLICY = (Code.CONSULTATION, Code.FOLLOW_UP, Code.REVIEW, Code.SESSION)

ROOM, CHAIR, THEATRE, LASER = "CONSULTATION", "TREATMENT", "THEATRE", "LASER"

NURSE, THERAPIST, DIODE = NeedLine("NURSE"), NeedLine("THERAPIST"), NeedLine(equipment_kind="LASER_DIODE")
ND_YAG, ULTRASOUND = NeedLine(equipment_kind="LASER_ND_YAG"), NeedLine(equipment_kind="ULTRASOUND")
SURGICAL_TEAM = (NeedLine("ANAESTHETIST"), NeedLine("NURSE", count=2))

# code: minutes to prepare, minutes to clean, features of the room, who and what comes besides, what to prepare
NEEDS: dict[str, tuple[int, int, tuple[str, ...], tuple[NeedLine, ...], tuple[str, ...]]] = {
    "PEEL": (5, 10, ("sink",), (THERAPIST,), ("Ask about isotretinoin in the last six months.",)),
    "MICRONEEDLING": (10, 10, ("sink",), (THERAPIST,), ("Numbing cream 30 minutes before.",)),
    "PRP-HAIR": (10, 10, ("sink",), (NURSE,), ("Centrifuge ready.", "Draw the blood on arrival.")),
    "LASER-HAIR-FACE": (5, 5, ("laser-safe",), (THERAPIST, DIODE), ("Eye shields for patient and staff.",)),
    "LASER-HAIR-ARMS": (5, 5, ("laser-safe",), (THERAPIST, DIODE), ("Eye shields for patient and staff.",)),
    "LASER-PIGMENT": (5, 5, ("laser-safe",), (THERAPIST, ND_YAG), ("Eye shields for patient and staff.",)),
    "HIFU-FACE": (5, 10, (), (THERAPIST, ULTRASOUND), ()),
    "MOLE": (10, 10, (), (NURSE,), ("Minor surgery tray.",)),
    "RHINOPLASTY": (30, 30, (), SURGICAL_TEAM, ()),
    "LIPOSUCTION": (30, 30, (), SURGICAL_TEAM, ()),
    "ABDOMINOPLASTY": (30, 30, (), SURGICAL_TEAM, ()),
    "BLEPHAROPLASTY": (20, 20, (), (NeedLine("NURSE"),), ()),
}
# A deposit keeps a surgeon's morning: per cent of the price with tax.
DEPOSITS = {"MICRONEEDLING": 20, "PRP-HAIR": 20, "RHINOPLASTY": 10, "LIPOSUCTION": 10, "ABDOMINOPLASTY": 10}

# code, name, type, rupees before tax, minutes, tax, room, what the patient reads
SERVICES = (
    ("CONSULT", "Consultation with the surgeon", Code.CONSULTATION, 1200, 30, EXEMPT, ROOM,
     "Talk with the surgeon about what you wish for, what is possible, and what it costs."),
    ("CONSULT-DERM", "Skin consultation", Code.CONSULTATION, 1000, 20, EXEMPT, ROOM,
     "A dermatologist looks at your skin and plans the treatment."),
    ("FOLLOW-UP", "Follow-up visit", Code.FOLLOW_UP, 600, 20, EXEMPT, ROOM, "A look at how the treatment goes on."),
    ("POST-OP", "Visit after surgery", Code.POST_OP, 500, 20, EXEMPT, ROOM, "Wound check, dressing, sutures out."),
    ("PEEL", "Chemical peel", Code.SESSION, 3500, 45, COSMETIC, CHAIR, "A superficial peel for tone and texture."),
    ("MICRONEEDLING", "Microneedling session", Code.SESSION, 5500, 60, COSMETIC, CHAIR, "For scars and fine lines."),
    ("PRP-HAIR", "PRP for hair", Code.SESSION, 6500, 60, COSMETIC, CHAIR, "Platelet-rich plasma for thinning hair."),
    ("LASER-HAIR-FACE", "Laser hair reduction, face", Code.SESSION, 3000, 30, COSMETIC, LASER, "One session."),
    ("LASER-HAIR-ARMS", "Laser hair reduction, arms", Code.SESSION, 5000, 45, COSMETIC, LASER, "One session."),
    ("LASER-PIGMENT", "Laser for pigment, one area", Code.SESSION, 6000, 30, COSMETIC, LASER, "Nd:YAG laser."),
    ("HIFU-FACE", "Focused ultrasound, face", Code.SESSION, 18000, 60, COSMETIC, CHAIR, "Firms the lower face."),
    ("BOTULINUM", "Botulinum toxin, one area", Code.SESSION, 8500, 30, COSMETIC, CHAIR, "Forehead, frown or eyes."),
    ("FILLER-1ML", "Hyaluronic filler, 1 ml", Code.SESSION, 22000, 45, COSMETIC, CHAIR, "Lips, cheeks or folds."),
    ("MOLE", "Removal of a mole", Code.SESSION, 4000, 30, EXEMPT, CHAIR, "Small excision with histology on request."),
    ("RHINOPLASTY", "Rhinoplasty", Code.SURGERY, 145000, 180, COSMETIC, THEATRE, "Reshaping of the nose."),
    ("LIPOSUCTION", "Liposuction, one area", Code.SURGERY, 85000, 120, COSMETIC, THEATRE, "Abdomen, flanks or thighs."),
    ("ABDOMINOPLASTY", "Abdominoplasty", Code.SURGERY, 190000, 210, COSMETIC, THEATRE, "Tightening of the abdomen."),
    ("BLEPHAROPLASTY", "Upper eyelid surgery", Code.SURGERY, 65000, 90, COSMETIC, THEATRE, "Both upper lids."),
)  # fmt: skip

# code, name, rupees before tax, days, what it holds: each visit takes what the first of these takes
PACKAGES = (
    ("PEEL-6", "Six chemical peels", 17500, 365, (("PEEL", 6),)),
    ("LASER-FACE-6", "Laser hair reduction, face: six sessions", 15000, 540, (("LASER-HAIR-FACE", 6),)),
    ("PRP-4", "PRP for hair: four sessions and a follow-up", 24000, 365, (("PRP-HAIR", 4), ("FOLLOW-UP", 1))),
)


@verb
def install_defaults(*, by: Actor) -> None:
    """Give an organisation its first catalogue; what it has already stays as it is."""
    by.must(MANAGE, do="install the first catalogue")
    _tax_rates(by)
    types = _types(by, _policy(by))
    services = _services(by, types)
    _packages(by, services)


def _tax_rates(by: Actor) -> None:
    known = set(queries.tax_rates(seen_by=by).values_list("code", flat=True))
    for code, name, percent, source in TAX_RATES:
        if code not in known:
            add_tax_rate(code, name, Decimal(percent), GST_BEGAN, source=source, by=by)


def _policy(by: Actor) -> Any:
    known = queries.cancellation_policies(seen_by=by, active_only=False).first()
    return known or add_cancellation_policy(POLICY, by=by)


def _types(by: Actor, policy: Any) -> dict[str, Any]:
    known = {kind.code: kind for kind in queries.appointment_types(seen_by=by, active_only=False)}
    for place, (code, name, minutes, bookable, consultation) in enumerate(TYPES):
        if code not in known:
            details = {
                "code": code, "name": name, "default_minutes": minutes, "allow_self_booking": bookable,
                "consultation_type": consultation, "display_order": 10 * (place + 1),
                "cancellation_policy": policy if code in UNDER_POLICY else None,
            }  # fmt: skip
            known[code] = add_appointment_type(details, by=by)
    return known


def _services(by: Actor, types: dict[str, Any]) -> dict[str, Any]:
    known = {service.code: service for service in queries.services(seen_by=by, active_only=False)}
    for code, name, kind, price, minutes, tax, room, description in SERVICES:
        if code in known:
            continue
        online = kind in (Code.CONSULTATION, Code.FOLLOW_UP) or code in ("PEEL", "LASER-HAIR-FACE")
        consultation = kind == Code.CONSULTATION
        details = {
            "code": code, "name": name, "description": description, "price": Decimal(price), "minutes": minutes,
            "tax_code": tax, "hsn_sac": MEDICAL_SAC if tax == EXEMPT else COSMETIC_SAC, "appointment_type": types[kind],
            "room_kind": room, "is_self_bookable": online, "is_auto_approved": consultation,
            "needs_doctor": kind != Code.SESSION or code in ("BOTULINUM", "FILLER-1ML", "MOLE"),
            **_prepayment(code, kind), **_demand(code),
        }  # fmt: skip
        known[code] = add_service(details, _lines(code), by=by)
    return known


def _packages(by: Actor, services: dict[str, Any]) -> None:
    known = set(queries.packages(seen_by=by, active_only=False).values_list("code", flat=True))
    for code, name, price, days, held in PACKAGES:
        if code in known:
            continue
        first = services[held[0][0]]
        details = {
            "code": code, "name": name, "price": Decimal(price), "tax_code": COSMETIC, "valid_days": days,
            "minutes": first.minutes, "appointment_type": first.appointment_type, "room_kind": first.room_kind,
            "needs_doctor": first.needs_doctor, **_demand(first.code),
        }  # fmt: skip
        add_package(details, [(services[part].pk, count) for part, count in held], _lines(first.code), by=by)


def _prepayment(code: str, kind: str) -> dict[str, Any]:
    if code in DEPOSITS:
        return {"prepayment": "DEPOSIT", "deposit_percent": DEPOSITS[code]}
    return {"prepayment": "FULL" if kind == Code.CONSULTATION else "NONE"}


def _demand(code: str) -> dict[str, Any]:
    before, after, features, _, special = NEEDS.get(code, (0, 0, (), (), ()))
    return {
        "preparation_minutes": before, "cleaning_minutes": after, "room_features": list(features),
        "special_needs": list(special),
    }  # fmt: skip


def _lines(code: str) -> tuple[NeedLine, ...]:
    return NEEDS[code][3] if code in NEEDS else ()
