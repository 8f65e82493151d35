"""Names that a listener should expect: what the clinic does and what it prescribes, nothing of any patient."""

from kalon.catalog import queries as catalog
from kalon.kernel.actors import Actor
from kalon.prescribing import queries as prescribing

MOST = 900  # letters: the model takes about two hundred words of hints


def hotwords(*, seen_by: Actor) -> str:
    """Procedures and medicines in turn, as far as the model takes them."""
    procedures = list(catalog.procedures(seen_by=seen_by).prefetch_related(None).values_list("name", flat=True)[:60])
    medicines = prescribing.medicine_names()
    said: list[str] = []
    length = 0
    for number in range(max(len(procedures), len(medicines))):
        for name in (*procedures[number : number + 1], *medicines[number : number + 1]):
            length += len(name) + 2
            if length > MOST:
                return ", ".join(said)
            said.append(name)
    return ", ".join(said)
