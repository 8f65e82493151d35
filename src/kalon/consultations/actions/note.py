"""Writing the note: section by section, each version kept, nobody's words lost; addenda after the signature."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max

from kalon.consultations import queries, rules
from kalon.consultations.lifecycles import Section, Status
from kalon.consultations.models import Addendum, Consultation, NoteVersion
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid, NotFound, Stale
from kalon.kernel.tenancy import verb
from kalon.people import queries as people

LONGEST_SECTION = 20_000
WRITTEN_IN = (Status.IN_CONSULTATION, Status.IN_TRIAGE, Status.CHECKED_IN)


@dataclass(frozen=True, slots=True)
class Saved:
    """A section after a save: what stands in it now, and whether that is what was sent.

    When it is not (`stands` is false), somebody else had written there meanwhile: `kept` is the version that keeps
    the words that were sent, until somebody settles which of the two the note says.
    """

    consultation: Consultation
    section: str
    kept: NoteVersion | None

    @property
    def text(self) -> str:
        return self.consultation.text_of(self.section)

    @property
    def edition(self) -> int:
        return self.consultation.edition_of(self.section)

    @property
    def stands(self) -> bool:
        return self.kept is None or self.kept.stands


@verb
def save_section(pk: UUID, *, section: str, text: str, edition: int, by: Actor) -> Saved:
    """Keep what was typed into one section of the note; `edition` is the one that was read.

    When somebody saved the same section meanwhile and these words would take some of theirs away, both are kept and
    the answer does not stand: `settle` chooses. Raises Invalid for a section that there is not or that is too long.
    """
    consultation = open_note(pk, by)
    name = _section(section)
    must_fit(name, text)
    standing = consultation.text_of(name)
    if text == standing:
        return Saved(consultation, name, None)
    loses = edition != consultation.edition_of(name) and any(
        piece.kind == "removed" and piece.text.strip() for piece in rules.difference(standing, text)
    )
    if loses:
        return Saved(consultation, name, _beside(consultation, name, text, by))
    return Saved(consultation, name, stand(consultation, name, text, by))


@verb
def settle(pk: UUID, *, section: str, keep: str, edition: int, by: Actor) -> Saved:
    """Choose between what stands in a section and what was written beside it.

    `keep`: "standing", "both", or the id of the version to take. Raises Stale when somebody wrote again meanwhile.
    """
    consultation = open_note(pk, by)
    name = _section(section)
    if edition != consultation.edition_of(name):
        raise Stale("Somebody wrote here again. Look at what it says now, and choose once more.", section=name)
    beside = queries.written_beside(consultation).get(name, [])
    if not beside:
        raise IllegalMove("This was settled already. Reload the page to see what the note says.")
    standing = consultation.text_of(name)
    if keep == "standing":
        text = standing
    elif keep == "both":
        text = "\n\n".join(part for part in (standing, *(version.text for version in beside)) if part.strip())
    else:
        chosen = next((version for version in beside if str(version.pk) == keep), None)
        if chosen is None:
            raise NotFound("There is no such version.")
        text = chosen.text
    must_fit(name, text)
    return Saved(consultation, name, stand(consultation, name, text, by, settles=True))


@verb
def add_addendum(pk: UUID, *, text: str, by: Actor) -> Addendum:
    """Add to a signed note, in one's own name; the note itself stays as it was signed."""
    by.must("consultations.close", do="add to a signed note")
    consultation = queries.consultation(pk, seen_by=by, lock=True)
    if consultation.status != Status.CLOSED:
        raise IllegalMove(
            "An addendum follows a signed note. This one is still open: write into the note itself.",
            status_is=consultation.status,
        )
    signer = people.staff_of(by)
    if signer is None:
        raise Invalid("Only a member of staff can sign; sign in as the doctor.")
    if not text.strip():
        raise Invalid("Write what is to be added.", field="text")
    if len(text) > LONGEST_SECTION:
        raise Invalid(f"This is too long; keep it under {LONGEST_SECTION:,} characters.", field="text")
    addendum = Addendum(
        organization_id=consultation.organization_id,
        patient=consultation.patient,
        consultation=consultation,
        text=text,
        signed_by=signer,
        signed_at=clock.now(),
    )
    addendum.save(force_insert=True)
    return addendum


def write_sections(
    consultation: Consultation, note: Mapping[str, str], *, editions: Mapping[str, int], by: Actor
) -> None:
    """Write several sections at once into a locked encounter; a section read in an older edition raises Stale."""
    for name, text in note.items():
        if name == "referred_to":
            continue
        section = _section(name)
        must_fit(section, text)
        standing = consultation.edition_of(section)
        if editions.get(section, standing) != standing:
            raise Stale(
                f"Somebody changed “{Section(section).label}” after you opened it. Reload the page and look at both.",
                section=section,
                edition=standing,
            )
        if text != consultation.text_of(section):
            stand(consultation, section, text, by)


def open_note(pk: UUID, by: Actor) -> Consultation:
    by.must("consultations.conduct", do="write the note")
    consultation = queries.consultation(pk, seen_by=by, lock=True)
    if consultation.status not in WRITTEN_IN:
        raise IllegalMove(
            f"The note is written while the patient is here; this consultation is "
            f"{consultation.get_status_display().lower()}.",
            status_is=consultation.status,
        )
    return consultation


def _section(name: str) -> str:
    if name not in Section.values:
        raise Invalid(f"There is no section “{name}”. Choose one of: {', '.join(Section.values)}.", field="section")
    return name


def must_fit(section: str, text: str) -> None:
    if len(text) > LONGEST_SECTION:
        raise Invalid(f"This is too long; keep it under {LONGEST_SECTION:,} characters.", field=section)


def stand(consultation: Consultation, section: str, text: str, by: Actor, *, settles: bool = False) -> NoteVersion:
    """The new text of a section; its version first, because the database lets no word change without one."""
    _keep_what_came_before(consultation, section)
    version = _version(consultation, section, text, by, stands=True, settles=settles)
    consultation.editions = {**consultation.editions, section: version.edition}
    setattr(consultation, section, text)
    consultation.edition += 1
    consultation.saved_at = version.written_at
    consultation.save(update_fields=[section, "editions", "edition", "saved_at"])
    return version


def _beside(consultation: Consultation, section: str, text: str, by: Actor) -> NoteVersion:
    """Words that came too late to stand; the same words sent again are kept once."""
    _keep_what_came_before(consultation, section)
    for version in queries.written_beside(consultation).get(section, []):
        if version.text == text:
            return version
    return _version(consultation, section, text, by, stands=False, settles=False)


def _keep_what_came_before(consultation: Consultation, section: str) -> None:
    """The complaint told at booking, and notes from before there were versions, begin the history."""
    text = consultation.text_of(section)
    if consultation.edition_of(section) == 0 and text and not consultation.versions.filter(section=section).exists():
        _row(consultation, section, text, edition=1, stands=True, written_at=consultation.created_at).save(
            force_insert=True
        )


def _version(
    consultation: Consultation, section: str, text: str, by: Actor, *, stands: bool, settles: bool
) -> NoteVersion:
    last = consultation.versions.filter(section=section).aggregate(last=Max("edition"))["last"] or 0
    version = _row(
        consultation, section, text, edition=last + 1, stands=stands, settles=settles, written_at=clock.now()
    )
    version.written_by = people.staff_of(by)
    version.save(force_insert=True)
    return version


def _row(consultation: Consultation, section: str, text: str, **more: object) -> NoteVersion:
    return NoteVersion(
        organization_id=consultation.organization_id,
        patient=consultation.patient,
        consultation=consultation,
        section=section,
        text=text,
        **more,
    )
