"""Putting two photographs beside each other, lining them up, and showing the pair to the patient."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from kalon.kernel import audit, clock, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotReady
from kalon.kernel.tenancy import verb
from kalon.photos import queries
from kalon.photos.actions.taking import NOT_AGREED
from kalon.photos.lifecycles import CAPTURE, EXPORT
from kalon.photos.models import Alignment, Method, Pair, Photo
from kalon.photos.rules import Laid, by_hand
from kalon.photos.rules.laying import Point


@verb
def compare(one_id: UUID, other_id: UUID, *, by: Actor) -> Pair:
    """Pair two photographs of a patient from the same view; a worker lines them up. The same two are paired once.

    Whichever was taken first is the earlier. Invalid for two views, or one photograph twice.
    """
    by.must(CAPTURE, do="pair photographs")
    one, other = queries.photo(one_id, seen_by=by), queries.photo(other_id, seen_by=by)
    earlier, later = sorted((one, other), key=lambda photo: (photo.taken_at, photo.pk))
    if earlier.pk == later.pk:
        raise Invalid("Choose two different photographs.", field="later")
    if earlier.view != later.view:
        raise Invalid("Choose two photographs from the same view.", field="later")
    known = queries.pairs(seen_by=by).filter(earlier=earlier, later=later).first()
    if known is not None:
        return known
    pair = Pair(
        organization_id=later.organization_id, patient=later.patient, earlier=earlier, later=later, paired_by=by.name
    )
    refusals = {
        "photos_pair_of_view": Invalid("Choose two photographs of the same patient.", field="later"),
        "photos_pair_once": Clash("These two are compared already."),
    }
    with refusing(refusals):
        pair.save(force_insert=True)
    _ask_worker(pair)
    return pair


@verb
def look_at_pair(pk: UUID, *, purpose: str, by: Actor) -> Pair:
    """A pair about to be shown, with the read of it and of both photographs in the log."""
    pair = queries.pair(pk, seen_by=by)
    audit.reads(by, [pair, pair.earlier, pair.later], purpose=purpose)
    return queries.with_alignment([pair])[0]


@verb
def line_up(pk: UUID, *, by: Actor) -> Alignment | None:
    """Find how the later picture lies over the earlier one, and keep that; None when that was found already."""
    from kalon.photos.rules import matching  # brings the vision library along, which only a worker needs

    by.must(CAPTURE, do="line photographs up")
    pair = queries.pair(pk, seen_by=by, locked=True)
    if pair.alignments.exists():
        return None
    pictures = [queries.smaller(photo, queries.MIDDLE, seen_by=by) for photo in (pair.earlier, pair.later)]
    laid = matching.found(*pictures)
    return _kept(pair, Method.AUTOMATIC, laid and _full(laid, pair.earlier, pair.later), None, by=by)


@verb
def line_up_by_hand(pk: UUID, earlier: Sequence[Point], later: Sequence[Point], *, by: Actor) -> Alignment:
    """Line a pair up by two to five points set on each picture in the same order, in points of the originals."""
    by.must(CAPTURE, do="line photographs up")
    pair = queries.pair(pk, seen_by=by, locked=True)
    for photo, points in ((pair.earlier, earlier), (pair.later, later)):
        if not all(0 <= x <= photo.width and 0 <= y <= photo.height for x, y in points):
            raise Invalid("A point lies beside its picture. Set it again.", field="points")
    laid = by_hand(earlier, later)
    landmarks = {"earlier": [list(one) for one in earlier], "later": [list(one) for one in later]}
    return _kept(pair, Method.BY_HAND, laid, landmarks, by=by)


@verb
def share(pk: UUID, *, by: Actor) -> Pair:
    """Show a pair on the patient's own pages; needs their live consent to photographs."""
    by.must(EXPORT, do="share photographs with the patient")
    pair = queries.pair(pk, seen_by=by, locked=True)
    if pair.shared_at is not None:
        return pair
    consent = queries.consent_to("PHOTOGRAPHY", pair.patient_id, seen_by=by)
    if consent is None:
        raise NotReady(NOT_AGREED, needs="PHOTOGRAPHY")
    pair.shared_at, pair.shared_by, pair.consent_id = clock.now(), by.name, consent.pk
    with refusing({"photos_pair_consented": NotReady(NOT_AGREED, needs="PHOTOGRAPHY")}):
        pair.save(update_fields=["shared_at", "shared_by", "consent"])
    audit.note(by, audit.Kind.CHANGE, pair, purpose="photographs shared with the patient")
    return pair


@verb
def unshare(pk: UUID, *, by: Actor) -> Pair:
    """Take a pair off the patient's own pages."""
    by.must(EXPORT, do="share photographs with the patient")
    pair = queries.pair(pk, seen_by=by, locked=True)
    if pair.shared_at is None:
        return pair
    pair.shared_at, pair.shared_by, pair.consent_id = None, "", None
    pair.save(update_fields=["shared_at", "shared_by", "consent"])
    audit.note(by, audit.Kind.CHANGE, pair, purpose="photographs not shared any more")
    return pair


def _ask_worker(pair: Pair) -> None:
    from kalon.photos.tasks import line_up_later  # the job calls back into these verbs

    outbox.defer(line_up_later, organization_id=pair.organization_id, pair_id=pair.pk)


def _full(laid: Laid, earlier: Photo, later: Photo) -> Laid:
    """From points of the middle-sized pictures to those of the originals."""
    sides = [max(photo.width, photo.height) for photo in (earlier, later)]
    one, other = (max(side / 1280, 1.0) for side in sides)
    return Laid(
        laid.scale * one / other, laid.rotation, laid.shift_x * one, laid.shift_y * one, laid.inliers, laid.error * one
    )


def _kept(pair: Pair, method: Method, laid: Laid | None, landmarks: Any, *, by: Actor) -> Alignment:
    facts: dict[str, Any] = {}
    if laid is not None:
        facts = {
            "scale": laid.scale, "rotation": laid.rotation, "shift_x": laid.shift_x, "shift_y": laid.shift_y,
            "inliers": laid.inliers, "error": laid.error,
        }  # fmt: skip
    row = Alignment(
        organization_id=pair.organization_id, patient=pair.patient, pair=pair, method=method, landmarks=landmarks,
        made_by=by.name, created_at=clock.now(), **facts,
    )  # fmt: skip
    row.save(force_insert=True)
    return row
