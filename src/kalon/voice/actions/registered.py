"""Whom a recording may name: written down when its first text is made anonymous, and whoever is registered since."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from kalon.kernel.actors import Actor
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.voice.models import Mapping
from kalon.voice.rules.people import joined, known, new_token
from kalon.voice.rules.redaction import Known


def registered(patient_id: UUID, *, by: Actor) -> Iterator[Known]:
    """The patient with every record of theirs, those near them, and the staff with those who left; a token for each."""
    taken: list[str] = []
    said = [
        ("PATIENT", _of_patient(patient_id, by)),
        *(
            ("RELATIVE", {"names": (near.name,), "numbers": (near.phone,), "emails": (near.email,)})
            for near in patients.contacts(patient_id, seen_by=by)
        ),
        *(("STAFF", {"names": (member.name,)}) for member in people.staff_list(seen_by=by, also_left=True)),
    ]
    for role, fields in said:
        taken.append(new_token(role, taken))
        lists = {key: tuple(str(one) for one in value if one) for key, value in fields.items() if key != "born"}
        yield Known(taken[-1], born=fields.get("born"), **lists)


def everybody(mapping: Mapping, *, by: Actor) -> tuple[Known, ...]:
    """Those who were written down for a recording, and whoever was registered or corrected since then."""
    written = [known(one) for one in mapping.people]
    return joined(written, registered(mapping.patient_id, by=by), secret=bytes(mapping.data_key or b""))


def _of_patient(patient_id: UUID, by: Actor) -> dict[str, Any]:
    """What is registered of a patient, also in records that were joined into theirs."""
    rows = {row.pk: row for row in patients.patients(seen_by=by).filter(pk__in=patients.joining.records_of(patient_id))}
    of = [rows.pop(patient_id), *rows.values()]
    return {
        "names": tuple(one.name for one in of),
        "numbers": tuple(number for one in of for number in (one.phone, one.abha_number)),
        "codes": tuple(one.mrn for one in of),
        "emails": tuple(address for one in of for address in (one.email, one.abha_address)),
        "addresses": tuple(", ".join(str(part) for part in one.postal_address.values() if part) for one in of),
        "born": of[0].born,
    }
