"""Reports, pictures and letters that patients brought along: drawn for the demonstration, all of it invented."""

from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw, ImageFont

from kalon.config.seed.clinic import Place
from kalon.documents import actions
from kalon.documents.actions import DocumentDetails
from kalon.kernel import clock

PAPER, INK, BRAND = (252, 250, 246), (42, 48, 46), (31, 92, 85)
REPORTS = (
    # kind, what about, who made it, days ago, lines of the paper, verified by
    ("LAB_REPORT", "Blood count and clotting", "Periyar Diagnostics", 5,
     ("Haemoglobin          12.4  g/dL      12.0 - 15.0", "White cells           6.8  10^9/L     4.0 - 11.0",
      "Platelets             212  10^9/L     150 - 410", "INR                   1.0             0.8 - 1.2"), "nurse"),
    ("IMAGING", "Chest film, PA view", "Backwater Imaging", 6, (), "doctor"),
    ("REFERRAL", "Letter from the family doctor", "Dr Anil Kumar", 20,
     ("Dear colleague,", "thank you for seeing this patient, who asks about", "the shape of the nose. No medicines.",
      "With kind regards, Anil Kumar"), ""),
    ("PRESCRIPTION", "Medicines taken at home", "Lakeside Family Practice", 40,
     ("Levothyroxine 50 micrograms, one each morning", "Cetirizine 10 mg, one at night when needed"), ""),
)  # fmt: skip


def bring(place: Place, patients: list[Any], today: date, zone: ZoneInfo) -> None:
    """Each of these patients has papers; the first also sends one from the phone."""
    for turn, patient in enumerate(patients):
        for kind, about, origin, days, lines, verified_by in REPORTS[turn % 2 :]:
            at = datetime.combine(today - timedelta(days=days - turn), time(10, 20), zone)
            said = DocumentDetails(kind=kind, description=about, origin=origin, document_date=at.date())
            paper = _film() if kind == "IMAGING" else _paper(origin, about, at.date(), lines, "PDF")
            with clock.at(at):
                document = actions.upload(patient.pk, BytesIO(paper), said, by=place.by["frontdesk"])
            if verified_by:
                with clock.at(at + timedelta(hours=2)):
                    actions.verify(document.pk, said, by=place.by[verified_by])


def _paper(maker: str, title: str, on: date, lines: tuple[str, ...], kind: str) -> bytes:
    """A page as a laboratory or a practice would print it."""
    page = Image.new("RGB", (1240, 1754), PAPER)
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, 1240, 16), fill=BRAND)
    draw.text((100, 110), maker, fill=BRAND, font=ImageFont.load_default(52))
    draw.text((100, 190), f"{title}, {on:%d %B %Y}", fill=INK, font=ImageFont.load_default(30))
    draw.line((100, 260, 1140, 260), fill=BRAND, width=3)
    for number, line in enumerate(lines):
        draw.text((100, 330 + 62 * number), line, fill=INK, font=ImageFont.load_default(30))
    draw.text((100, 1640), "Invented for the demonstration", fill=(120, 124, 122), font=ImageFont.load_default(22))
    out = BytesIO()
    page.save(out, kind, resolution=150)
    return out.getvalue()


def _film() -> bytes:
    """A drawing that reminds of a film of the chest."""
    film = Image.new("RGB", (900, 1000), (14, 18, 20))
    draw = ImageDraw.Draw(film)
    for side in (-1, 1):
        centre = 450 + side * 170
        draw.ellipse((centre - 130, 220, centre + 130, 800), fill=(44, 52, 56))
        for rib in range(8):
            draw.arc((centre - 180, 190 + rib * 72, centre + 180, 330 + rib * 72), 190, 350, (128, 136, 138), 9)
    draw.rectangle((438, 130, 462, 880), fill=(150, 156, 156))
    draw.ellipse((430, 520, 640, 760), fill=(92, 100, 102))
    draw.text((40, 40), "L", fill=(210, 214, 214), font=ImageFont.load_default(40))
    out = BytesIO()
    film.save(out, "JPEG", quality=88)
    return out.getvalue()
