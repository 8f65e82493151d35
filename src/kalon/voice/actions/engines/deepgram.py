"""Deepgram over its documented interface: a few seconds of sound there, words back; it knows nothing of consents.

Source: developers.deepgram.com, "Pre-recorded audio" (POST /v1/listen), "Keyterm prompting", "Your data"; read 2026-11.
`mip_opt_out`: the sound is kept no longer than it takes to answer, and trains nothing.
"""

import io
import time
import wave
from collections.abc import Sequence

import requests
from django.conf import settings

from kalon.voice.actions.listening import RATE, Samples
from kalon.voice.rules.answers import Nonsense, read_deepgram
from kalon.voice.rules.lines import Line

ADDRESS = "https://api.deepgram.com"
MODEL, LANGUAGE = "nova-3-medical", "en-IN"
PATIENCE = (5.0, 25.0)  # seconds to connect, and to answer; the sound itself lasts at most half a minute
AGAIN = frozenset({408, 429, 500, 502, 503, 504})
WAIT = 0.5  # seconds before it is asked the second and last time
MOST_TERMS = 60
LARGEST = 4_000_000  # bytes of an answer


class NoWords(Exception):
    """It did not recognise the sound, or nobody knows; the sentence says why, and holds nothing that was said."""


class Refused(NoWords):
    """It did nothing, and takes no money for it."""


def recognise(samples: Samples, *, terms: Sequence[str]) -> tuple[tuple[Line, ...], float]:
    """What is said in the sound, in lines, and how sure it is; raises `NoWords`."""
    if not settings.KALON_DEEPGRAM_KEY:
        raise Refused("There is no key for Deepgram: set DEEPGRAM_API_KEY.")
    try:
        return read_deepgram(_asked(_file(samples), terms), len(samples) / RATE)
    except Nonsense as error:
        raise NoWords(f"Deepgram answered nonsense. {error}") from None


def _asked(sound: bytes, terms: Sequence[str]) -> object:
    asked: list[tuple[str, str]] = [
        ("model", MODEL), ("language", LANGUAGE), ("smart_format", "true"), ("punctuate", "true"),
        ("diarize", "true"), ("mip_opt_out", "true"), *(("keyterm", term) for term in terms[:MOST_TERMS]),
    ]  # fmt: skip
    headers = {"Authorization": f"Token {settings.KALON_DEEPGRAM_KEY}", "Content-Type": "audio/wav"}
    address = f"{settings.KALON_DEEPGRAM_API or ADDRESS}/v1/listen"
    last = ""
    for wait in (WAIT, None):
        try:
            answer = requests.post(
                address, params=asked, data=sound, headers=headers, timeout=PATIENCE, allow_redirects=False
            )
        except requests.ReadTimeout:
            raise NoWords("Deepgram took too long to answer.") from None
        except requests.RequestException as error:
            last = f"No connection to Deepgram ({type(error).__name__})."  # its words may hold the address
        else:
            if answer.status_code not in AGAIN:
                return _read(answer)
            last = f"Deepgram answered {answer.status_code}."
        if wait is not None:
            time.sleep(wait)
    raise Refused(last)


def _read(answer: requests.Response) -> object:
    if answer.status_code in (401, 403):
        raise Refused("Deepgram does not accept the key.")
    if answer.status_code == 402:
        raise Refused("The account at Deepgram is empty.")
    if answer.status_code != 200:
        raise Refused(f"Deepgram answered {answer.status_code}.")
    try:
        said: object = answer.json() if len(answer.content) <= LARGEST else None
    except ValueError:
        said = None
    return said


def _file(samples: Samples) -> bytes:
    box = io.BytesIO()
    with wave.open(box, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 32_767).astype("<i2").tobytes())
    return box.getvalue()
