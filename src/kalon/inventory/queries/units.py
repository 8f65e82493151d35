"""Pieces with serial numbers, and the patients they are in: from serial, lot, model or patient in one step."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from kalon.inventory.lifecycles import IMPLANTS, VIEW, BatchStatus, RecallMark, UnitStatus
from kalon.inventory.models import Batch, Implant, Item, SerialUnit
from kalon.inventory.queries.items import items, today_at
from kalon.inventory.rules import expiry_word, udi
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, Invalid, NotFound
from kalon.kernel.lookup import one

DO = "see what is in stock"


def units(*, seen_by: Actor, item_id: UUID | None = None, text: str = "") -> "QuerySet[SerialUnit]":
    """Pieces of the clinic, first to expire first; of an item, or that a serial, a lot or a scanned code names."""
    seen_by.must(VIEW, do=DO)
    found = SerialUnit.objects.filter(organization_id=seen_by.organization_id)
    if item_id:
        found = found.filter(item_id=item_id)
    if (text := text[: udi.LONGEST]).strip():
        found = found.filter(_named(text))
    return found.select_related("item", "batch", "location__branch").order_by("batch__expires_on", "serial", "pk")


def unit(pk: UUID, *, seen_by: Actor, lock: bool = False) -> SerialUnit:
    """One piece."""
    rows = units(seen_by=seen_by).filter(pk=pk)
    found = one(rows.select_for_update(of=("self",)) if lock else rows)
    if found is None:
        raise NotFound("There is no such piece. It may belong to another clinic.")
    return found


def scanned_unit(scan: str, *, seen_by: Actor) -> SerialUnit:
    """The piece whose code was scanned, or whose serial was typed; Invalid when the code was not read right."""
    if udi.looks_scanned(scan):
        read = udi.read(scan)
        item = item_of_device(read.device, seen_by=seen_by)
        if not read.serial:
            raise Invalid(
                "This code does not say which piece it is. Scan the one with the serial number.", field="scan"
            )
        rows = units(seen_by=seen_by).filter(item=item, serial=read.serial.upper())
    else:
        rows = units(seen_by=seen_by).filter(serial=scan.strip().upper())
    found = list(rows[:2])
    if not found:
        raise NotFound("No piece of this clinic has this serial number. Take it in first.", field="scan")
    if len(found) > 1:
        raise Clash("Two makers use this serial number. Scan the code on the pack.", field="scan")
    return found[0]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scanned code names here: an item, and its batch or its piece where the code says so."""

    item_id: UUID
    batch_id: UUID | None = None
    unit_id: UUID | None = None


def what_was_scanned(scan: str, *, seen_by: Actor) -> Scanned:
    """The piece, the batch or the item of a code; of what is typed, the piece of that serial or that lot."""
    if udi.looks_scanned(scan):
        read = udi.read(scan)
        item = item_of_device(read.device, seen_by=seen_by)
        if item.needs_serial:
            return Scanned(item.pk, unit_id=scanned_unit(scan, seen_by=seen_by).pk)
        if not item.needs_batch or not read.lot:
            return Scanned(item.pk)
        batch = one(Batch.objects.filter(organization_id=seen_by.organization_id, item=item, number=read.lot.upper()))
        if batch is None:
            raise NotFound(f"Lot {read.lot} of {item.name} was never received. Receive it first.", field="scan")
        return Scanned(item.pk, batch_id=batch.pk)
    word = scan.strip().upper()
    pieces = list(units(seen_by=seen_by).filter(serial=word)[:2])
    batches = list(Batch.objects.filter(organization_id=seen_by.organization_id, number=word).exclude(number="")[:2])
    batches = [batch for batch in batches if all(piece.batch_id != batch.pk for piece in pieces)]
    if len(pieces) + len(batches) > 1:
        raise Clash("More than one thing carries this number. Scan the code on the pack.", field="scan")
    if pieces:
        return Scanned(pieces[0].item_id, pieces[0].batch_id, pieces[0].pk)
    if batches:
        return Scanned(batches[0].item_id, batches[0].pk)
    raise NotFound("Nothing of this clinic carries this number. Look at the pack again.", field="scan")


def why_not(unit: SerialUnit, *, seen_by: Actor) -> str:
    """Why a piece cannot be used on a patient today, and what to do; empty when it can."""
    if unit.recall != RecallMark.CLEAR:
        return f"Serial {unit} is recalled. Put it aside and take another one."
    if unit.status == UnitStatus.QUARANTINED or unit.batch.status == BatchStatus.QUARANTINED:
        return f"Serial {unit} is locked away. Take another one."
    if unit.location is None:
        return f"Serial {unit} is {unit.get_status_display().lower()} already. Scan the piece on the table."
    if expiry_word(unit.batch.expires_on, today_at(unit.location.branch_id, seen_by=seen_by)) == "expired":
        return f"Serial {unit} has expired. Take another one, and write this one off."
    return ""


def item_of_device(device: str, *, seen_by: Actor) -> Item:
    """The item that carries a device identifier."""
    found = one(items(seen_by=seen_by, also_unused=True).filter(device_code=device))
    if found is None:
        raise Invalid(f"No item carries the code {device}. Add it to the item of this pack first.", field="scan")
    return found


def implants(*, seen_by: Actor, text: str = "") -> "QuerySet[Implant]":
    """The registry, the latest first; those that a serial, a lot, a model or a scanned code names."""
    if not seen_by.is_patient:
        seen_by.must(IMPLANTS, do="read the implant registry")
    found = Implant.objects.filter(organization_id=seen_by.organization_id)
    if seen_by.is_patient:
        found = found.filter(patient_id__person=seen_by.own_patient_id)
    if (text := text[: udi.LONGEST]).strip():
        found = found.filter(_in_registry(text))
    return found.select_related("patient", "branch").order_by("-implanted_at", "-pk")


def implants_of(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[Implant]":
    """Which implants a patient has, and had."""
    return implants(seen_by=seen_by).filter(patient_id__person=patient_id)


def implant(pk: UUID, *, seen_by: Actor) -> Implant:
    """One entry of the registry."""
    found = one(implants(seen_by=seen_by).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such implant in the registry.")
    return found


def _named(text: str) -> Q:
    if udi.looks_scanned(text):
        read: Any = udi.read(text)
        return Q(item__device_code=read.device) & (Q(serial=read.serial.upper()) if read.serial else Q())
    word = text.strip().upper()
    return Q(serial=word) | Q(batch__number=word) | Q(item__model__iexact=text.strip())


def _in_registry(text: str) -> Q:
    if udi.looks_scanned(text):
        read: Any = udi.read(text)
        return Q(device_code=read.device) & (Q(serial=read.serial.upper()) if read.serial else Q())
    word = text.strip().upper()
    return Q(serial=word) | Q(lot=word) | Q(model__iexact=text.strip())
