"""The words that come with Kalon, in English and Hindi: a clinic reads, changes and publishes them itself.

They are a beginning, not advice: each fact of law names where it stands, and all of it is to be reviewed by the
clinic's lawyer, and the Hindi by a native speaker, before clinical use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kalon.consents.rules.wording import TextDetails

HERE = Path(__file__).parent
# The languages in which a text can be written (ISO 639-1), by the name their speakers read.
LANGUAGES = {
    "en": "English", "hi": "हिन्दी", "ml": "മലയാളം", "ta": "தமிழ்", "kn": "ಕನ್ನಡ", "te": "తెలుగు",
    "mr": "मराठी", "gu": "ગુજરાતી", "bn": "বাংলা", "pa": "ਪੰਜਾਬੀ", "ur": "اردو", "ar": "العربية",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A template as it comes with Kalon: its kind and name, how long a signature holds, and who signs."""

    kind: str
    name: str
    file: str
    valid_months: int | None
    needs_staff: bool = False
    needs_witness: bool = False
    needs_surgeon: bool = False

    def texts(self, names: Sequence[str]) -> list[TextDetails]:
        """The words in every language there is a file for; `names` may be filled in."""
        return [self.text(file, names) for file in sorted(HERE.glob(f"{self.file}.*.txt"))]

    def text(self, file: Path, names: Sequence[str]) -> TextDetails:
        title, _, body = file.read_text(encoding="utf-8").partition("\n")
        return TextDetails(file.name.split(".")[1], title, body).checked(names)


BUILT_IN = (
    BuiltIn("PHOTOGRAPHY", "Clinical photographs", "photography", 24),
    BuiltIn("RECORDING", "Recording of a consultation", "recording", 12, needs_staff=True),
    BuiltIn("CLOUD_SPEECH", "Speech recognised outside the clinic", "cloud", 12, needs_staff=True),
    BuiltIn("MARKETING", "Pictures in marketing", "marketing", 12, needs_staff=True, needs_witness=True),
    BuiltIn("DATA_PROCESSING", "Use of personal data", "data", None),
    BuiltIn("PROCEDURE", "Treatment or operation", "procedure", 6, needs_surgeon=True),
    BuiltIn("TREATMENT_PLAN", "Treatment plan", "plan", 12),
    BuiltIn("SESSION", "One session of a treatment", "session", 1),
)
