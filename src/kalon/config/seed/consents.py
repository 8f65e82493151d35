"""Consent forms in use, and patients who signed, still have to, or changed their mind; all of it invented."""

import math
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kalon.config.seed.clinic import Place
from kalon.consents import actions
from kalon.consents.actions import Role, Signing, Wish
from kalon.kernel import clock


def ask(place: Place, meera: Any, others: list[Any], today: date, zone: ZoneInfo) -> None:
    """The forms that come with Kalon are published; the patient of the demonstration has one to sign."""
    owner, nurse = place.by["owner"], place.by["nurse"]

    def on(days: int, hour: int) -> datetime:
        return datetime.combine(today - timedelta(days=days), time(hour, 10), zone)

    with clock.at(on(200, 9)):
        in_use = {one.kind: actions.publish(one.pk, by=owner) for one in actions.bring_built_in(by=owner)}

    def presented(patient: Any, kind: str) -> Any:
        made = actions.prepare(patient.pk, Wish(in_use[kind].pk, place.branch.pk), by=nurse)
        return actions.open_to_sign(actions.present(made.pk, by=nurse).pk, by=nurse)

    def signed(patient: Any, kind: str, days: int) -> Any:
        with clock.at(on(days, 11)):
            words = presented(patient, kind)
            role = Role(words.signers[0])
            relation, name = ("mother", "Leela " + patient.family_name) if role == Role.GUARDIAN else ("", patient.name)
            hand = Signing(role, name, written(name), relation, 9, words.content_sha256)
            done = actions.sign(words.pk, hand, by=nurse)
            if Role.STAFF in done.signers and Role.WITNESS not in done.signers:
                done = actions.sign(done.pk, Signing(Role.STAFF, "", None, "", 0, done.content_sha256), by=nurse)
        return done

    signed(meera, "DATA_PROCESSING", 60)
    signed(meera, "PHOTOGRAPHY", 60)
    for turn, patient in enumerate(others):
        if patient.born is None:
            continue
        consent = signed(patient, "PHOTOGRAPHY", 40 + turn)
        signed(patient, "RECORDING", 12 + turn)
        if turn == 1:
            with clock.at(on(3, 17)):
                actions.revoke(consent.pk, "Does not want pictures any more", by=nurse)
    with clock.at(on(1, 16)):
        presented(meera, "MARKETING")


def written(name: str) -> list[list[list[int]]]:
    """Something like a hand for a name: a wave for each word, a little different for each letter."""
    strokes, left = [], 90
    for word in name.split():
        wave = [
            [
                min(left + 9 * step, 980),
                round(160 - 70 * math.sin(step / 2.2) * (1 + ord(word[step % len(word)]) % 7 / 9) * 0.8),
                step * 14,
            ]
            for step in range(8 + 5 * len(word))
        ]
        strokes.append(wave)
        left = wave[-1][0] + 40
    return strokes
