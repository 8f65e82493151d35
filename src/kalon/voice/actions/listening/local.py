"""The engine in the house: Whisper on the processor, in whole numbers of eight bits, with voice detection."""

import os
from pathlib import Path
from threading import Lock
from typing import Any

from kalon.voice.actions.listening.model import model_folder
from kalon.voice.actions.listening.port import RATE, CannotListen, Heard, Samples
from kalon.voice.rules.lines import Line, Word

CERTAIN = 0.6  # below it the language of a short stretch is not believed against that of the whole recording
# What Whisper says of its own certainty that a stretch holds no speech, and of words it made up.
NO_SPEECH, UNLIKELY, REPEATED = 0.6, -1.0, 2.4
THREADS = 2
AT_ONCE = 2  # a recording and an order that a doctor speaks meanwhile; both use the same weights
ORDER = 32  # tokens of an order
# Names to expect cost the packaged base model more than they bring: of a hundred words of a conversation it then got
# 16 to 38 wrong instead of 1, of the clinic's own words up to 49 instead of 6 (`./kalon bench voice`).
HINTS = os.environ.get("STT_HINTS") == "1"
# Languages that are spoken in the clinic: the model is asked which of these it hears, not which of a hundred.
LANGUAGES = tuple(os.environ.get("STT_LANGUAGES", "en,hi").replace(" ", "").split(","))

os.environ["HF_HUB_OFFLINE"] = "1"  # the library would ask a server for a model that it does not find

_loaded: dict[Path, "Local"] = {}
_lock = Lock()


def local_engine() -> "Local":
    """The engine with its model in memory: loaded once for each process."""
    folder = model_folder()
    with _lock:
        if folder not in _loaded:
            _loaded[folder] = Local(folder)
        return _loaded[folder]


def spoken(samples: Samples) -> list[tuple[float, float]]:
    """Where somebody speaks, from and to in seconds, by a detector that needs no speech model."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    found = get_speech_timestamps(samples, VadOptions(min_silence_duration_ms=300, speech_pad_ms=100))
    return [(one["start"] / RATE, one["end"] / RATE) for one in found]


class Local:
    """Whisper by `faster-whisper`; finds its model in a folder and nowhere else."""

    def __init__(self, folder: Path) -> None:
        from faster_whisper import WhisperModel

        self.name = f"whisper {folder.name}"
        try:
            self._model: Any = WhisperModel(
                str(folder),
                device="cpu",
                compute_type="int8",
                cpu_threads=THREADS,
                num_workers=AT_ONCE,
                local_files_only=True,
            )
        except Exception as error:
            raise CannotListen(
                f"The speech model in {folder} cannot be opened. Put it there anew: ./kalon voice install-model"
            ) from error

    def speech(self, samples: Samples) -> list[tuple[float, float]]:
        return spoken(samples)

    def recognise(self, samples: Samples, *, hotwords: str, language: str) -> Heard:
        heard, info = self._listen(samples, hotwords, None)
        chosen, certainty = _language(dict(info.all_language_probs or {info.language: 1.0}), language)
        if chosen != info.language:
            heard, _info = self._listen(samples, hotwords, chosen)
        lines = tuple(line for segment in heard if (line := _line(segment)) is not None)
        return Heard(lines, chosen, certainty)

    def order(self, samples: Samples) -> str:
        """In one pass: no other language is looked for, and no word is put at its second."""
        heard, _info = self._model.transcribe(
            samples, language="en", beam_size=1, temperature=0.0, without_timestamps=True, max_new_tokens=ORDER,
            condition_on_previous_text=False, no_speech_threshold=NO_SPEECH, log_prob_threshold=UNLIKELY,
        )  # fmt: skip
        return " ".join(segment.text.strip() for segment in heard)

    def _listen(self, samples: Samples, hotwords: str, language: str | None) -> Any:
        return self._model.transcribe(
            samples, language=language, beam_size=1, temperature=[0.0, 0.4], vad_filter=True, word_timestamps=True,
            hotwords=hotwords if HINTS and hotwords else None, condition_on_previous_text=False,
            no_speech_threshold=NO_SPEECH, log_prob_threshold=UNLIKELY, compression_ratio_threshold=REPEATED,
        )  # fmt: skip


def _language(likely: dict[str, float], before: str) -> tuple[str, float]:
    """Which of the clinic's languages is spoken, and how certainly; the one before, where that is not certain."""
    here = {language: likely[language] for language in LANGUAGES if language in likely} or likely
    best = max(here, key=lambda language: here[language])
    certainty = here[best] / (sum(here.values()) or 1.0)
    return (before, 1 - certainty) if before and best != before and certainty < CERTAIN else (best, certainty)


def _line(segment: Any) -> Line | None:
    """A segment as a line; none where the model itself thinks that nobody spoke, or says one thing over and over."""
    text = segment.text.strip()
    if not text or segment.compression_ratio > REPEATED:
        return None
    if segment.no_speech_prob > NO_SPEECH and segment.avg_logprob < UNLIKELY:
        return None
    words = tuple(
        Word(one.word.strip(), _ms(one.start), _ms(one.end), float(one.probability)) for one in segment.words or ()
    )
    return Line(_ms(segment.start), _ms(segment.end), text, words)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
