"""Names that a listener should expect: whom this visit is about, what the clinic does and what it prescribes."""

from kalon.catalog import queries as catalog
from kalon.kernel.actors import Actor
from kalon.patients import queries as patients
from kalon.prescribing import queries as prescribing
from kalon.voice.models import VoiceSession

MOST = 900  # letters: the model takes about two hundred words of hints
NEAR = 5  # people near the patient whose names may be said


def hotwords(found: VoiceSession, *, seen_by: Actor) -> str:
    """For a listener in the house only: the patient, those near them and the doctor, then what the clinic does."""
    near = patients.contacts(found.patient_id, seen_by=seen_by)[:NEAR]
    names = [found.patient.name, found.recorded_by, *(one.name for one in near)]
    return _fitting([*dict.fromkeys(name for name in names if name), *_terms(seen_by)])


def terms(*, seen_by: Actor) -> str:
    """Procedures and medicines in turn, as far as a listener takes them: nothing of any patient."""
    return _fitting(_terms(seen_by))


def _terms(seen_by: Actor) -> list[str]:
    procedures = list(catalog.procedures(seen_by=seen_by).prefetch_related(None).values_list("name", flat=True)[:60])
    medicines = prescribing.medicine_names()
    return [
        name
        for number in range(max(len(procedures), len(medicines)))
        for name in (*procedures[number : number + 1], *medicines[number : number + 1])
    ]


def _fitting(names: list[str]) -> str:
    said: list[str] = []
    length = 0
    for name in names:
        length += len(name) + 2
        if length > MOST:
            break
        said.append(name)
    return ", ".join(said)
