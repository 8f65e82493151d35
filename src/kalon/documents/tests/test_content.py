"""What a file really is: the good ones are kept, the ones that lie are refused with a sentence."""

import tracemalloc
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from kalon.documents.rules import MOST_BYTES, examined
from kalon.documents.tests import samples
from kalon.kernel.errors import Invalid, TooLarge

ACTS = {
    "a script that runs on opening": samples.pdf(catalog=b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"),
    "a script behind a name": samples.pdf(catalog=b"/Names << /JavaScript 10 0 R >>", more=(b"<< /Names [] >>",)),
    "a program that is started": samples.pdf(catalog=b"/OpenAction 10 0 R", more=(b"<< /S /Launch /F (cmd) >>",)),
    "a file inside": samples.pdf(catalog=b"/Names << /EmbeddedFiles 10 0 R >>", more=(b"<< /Names [] >>",)),
    "a form of programs": samples.pdf(catalog=b"/AcroForm << /XFA 10 0 R >>", more=(b"[]",)),
}
LIES: dict[str, tuple[bytes, str]] = {
    "a web page": (samples.html(), "not a PDF or a picture"),
    "a drawing with a script": (samples.svg(), "not a PDF or a picture"),
    "a zip": (samples.zipped(), "not a PDF or a picture"),
    "a program": (b"MZ" + b"\0" * 400, "not a PDF or a picture"),
    "words": (b"thyroid 4.2", "not a PDF or a picture"),
    "a web page that begins like a PDF": (b"%PDF-1.7\n" + samples.html(), "damaged"),
    "a PDF after something else": (b"\n\n" + samples.pdf(), "not a PDF or a picture"),
    "a PDF and a zip": (samples.pdf() + samples.zipped(), "two kinds"),
    "a PDF and a web page": (samples.pdf() + samples.html(), "two kinds"),
    "a picture and a zip": (samples.picture() + samples.zipped(), "two kinds"),
    "half a PDF": (samples.pdf()[:-200], "damaged"),
    "a PDF without its table": (samples.pdf().replace(b"startxref\n", b"startxref\n9"), "damaged"),
    "a PDF without a page": (samples.pdf(pages=0), "damaged"),
    "half a picture": (samples.picture()[:900], "cannot be read"),
    "the beginning of a picture": (b"\xff\xd8\xff\xe0" + b"\0" * 100, "cannot be read"),
    "nothing": (b"", "empty"),
    "a moving picture": (
        samples.picture("PNG", save_all=True, append_images=[Image.new("RGB", (640, 480))]), "moving",
    ),
    "a picture of 900 million points": (samples.png_bomb(), "too large to open"),
    **{name: (content, "Print it as a PDF again") for name, content in ACTS.items()},
}  # fmt: skip


def kept(content: bytes) -> tuple[Any, bytes]:
    with examined(BytesIO(content)) as found:
        return found, found.file.read()


@pytest.mark.parametrize("name", LIES)
def test_a_file_that_lies_is_refused_with_a_sentence(name: str):
    content, words = LIES[name]
    with pytest.raises(Invalid) as refusal, examined(BytesIO(content)):
        pass
    assert words in refusal.value.detail
    assert refusal.value.field == "file"


def test_a_pdf_is_kept_as_it_came():
    found, content = kept(samples.pdf(pages=3))
    assert (found.content_type, found.pages, content) == ("application/pdf", 3, samples.pdf(pages=3))
    assert found.sha256 == found.received


@pytest.mark.parametrize(("kind", "kept_as"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/png")])
def test_a_picture_is_drawn_anew(kind: str, kept_as: str):
    found, content = kept(samples.picture(kind))
    assert (found.content_type, found.width, found.height) == (kept_as, 640, 480)
    assert found.thumbnail.startswith(b"\xff\xd8\xff")
    assert max(Image.open(BytesIO(found.thumbnail)).size) == 240
    assert Image.open(BytesIO(content)).getpixel((320, 240))[1] == pytest.approx(92, abs=6)


def test_position_camera_and_comment_stay_behind():
    photo = samples.photo_with_position()
    assert Image.open(BytesIO(photo)).getexif().get_ifd(0x8825)
    found, content = kept(photo)
    again = Image.open(BytesIO(content))
    assert not again.getexif() and "comment" not in again.info
    assert b"Kochi" not in content and b"somebody" not in content and b"Exif" not in content
    assert (found.width, found.height) == (480, 640), "turned upright, since the mark that said so is gone"


def test_a_bomb_ends_its_own_process_and_costs_this_one_nothing():
    bomb = samples.pdf_bomb()
    assert len(bomb) < MOST_BYTES
    tracemalloc.start()
    with pytest.raises(Invalid) as refusal, examined(BytesIO(bomb)):
        pass
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "swells" in refusal.value.detail or "damaged" in refusal.value.detail
    assert most < 20_000_000


def test_a_file_over_the_limit_is_refused_by_its_size():
    with pytest.raises(TooLarge) as refusal, examined(BytesIO(b"%PDF-" + b"\0" * MOST_BYTES)):
        pass
    assert refusal.value.status == 413 and "25 MB" in refusal.value.detail
