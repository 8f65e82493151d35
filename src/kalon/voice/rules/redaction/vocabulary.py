"""Words that are no names: everyday English, Hindi in Latin letters, bodies, medicines, procedures."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from kalon.kernel.search import normalize
from kalon.voice.rules.redaction.texts import clean, compared

FOLDER = Path(__file__).parent / "words"
MEDICINE_ENDS = re.compile(
    r"(cillin|azole|mycin|micin|prazole|olol|pril|sartan|statin|caine|oxacin|cycline|profen|olone|asone|tidine|dipine"
    r"|setron|triptan|gliptin|formin|parin|xaban|azepam|zolam|barbital|curium|curonium|flurane|fentanil|morphone"
    r"|plasty|ectomy|otomy|pexy|oscopy|itis|osis|emia|aemia|oma|opathy|algia)s?$"
)
LETTERS = re.compile(r"[^\W\d_]+")


@cache
def common() -> frozenset[str]:
    """Everyday words, as they are counted in running text, and those of Hindi in its own script."""
    hindi = (compared(clean(word)) for word in (FOLDER / "hindi.txt").read_text().split())
    return frozenset([*(FOLDER / "common.txt").read_text().split(), *hindi])


def allowing(phrases: Iterable[str]) -> frozenset[str]:
    """The single words of names of medicines and procedures, none of which is ever taken for a person."""
    return frozenset(word for phrase in phrases for word in LETTERS.findall(normalize(phrase)) if len(word) > 1)


def is_medical(word: str) -> bool:
    """Whether a word ends as medicines, operations and diagnoses do."""
    return len(word) > 6 and bool(MEDICINE_ENDS.search(word))
