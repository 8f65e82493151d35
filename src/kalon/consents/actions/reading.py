"""Reading part by part before signing: what was on the screen, what was initialled, what was asked and answered."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from kalon.consents import queries
from kalon.consents.lifecycles import PRESENT, SIGN
from kalon.consents.models import Consent, Question, SectionRead
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotReady, Stale
from kalon.kernel.tenancy import verb
from kalon.messaging import actions as messaging

ANSWER_CODE = "consent-answered"
LONGEST_WORDS, LONGEST_INITIALS = 1000, 8


@verb
def show_part(pk: UUID, number: int, *, by: Actor) -> SectionRead:
    """A part is put on the screen: from now on its time is counted, anew each time until it is read."""
    by.must(SIGN, do="read a consent to sign it")
    consent = _open(pk, by)
    row = _row(consent, number)
    if row is None:
        _is_its_turn(consent, number)
        row = SectionRead(
            organization_id=consent.organization_id,
            patient=consent.patient,
            consent=consent,
            content_sha256=consent.content_sha256,
            number=number,
            shown_at=clock.now(),
            user_id=by.user_id,
        )
        row.save(force_insert=True)
    elif row.read_at is None:
        row.user_id = by.user_id
        row.save(update_fields=["shown_at", "user"])
    return row


@verb
def read_part(pk: UUID, number: int, *, words: str, initials: str = "", by: Actor) -> SectionRead:
    """The patient says that a part is read, with their initials where they are asked; said once, it stays.

    `words` is the fingerprint of what was on the screen: Stale when the words were changed meanwhile.
    """
    by.must(SIGN, do="read a consent to sign it")
    consent = _open(pk, by)
    if words != consent.content_sha256:
        raise Stale("The words changed while they were on this screen. Read them again.")
    row = _row(consent, number)
    if row is None:
        raise NotReady("Open this part first; then say that you have read it.")
    if row.read_at is not None:
        return row
    row.initials = _initials(consent, number, initials)
    row.read_at, row.user_id = clock.now(), by.user_id
    row.save(update_fields=["read_at", "seconds", "initials", "user"])
    row.refresh_from_db(fields=["read_at", "seconds"])
    audit.note(by, audit.Kind.CHANGE, consent, facts={"read": number, "seconds": row.seconds})
    return row


@verb
def ask_about(pk: UUID, number: int, words: str, *, by: Actor) -> Question:
    """Ask the clinic about a part; nobody signs before it is answered."""
    by.must(SIGN, do="ask about a consent")
    consent = _open(pk, by)
    if not 1 <= number <= consent.parts:
        raise Invalid("Say which part you ask about.", field="number")
    made = Question(
        organization_id=consent.organization_id,
        patient=consent.patient,
        consent=consent,
        number=number,
        words=_said(words, otherwise="Write what you would like to know."),
        asked_at=clock.now(),
    )
    made.save(force_insert=True)
    return made


@verb
def answer(question_id: UUID, words: str, *, by: Actor) -> Question:
    """Answer what a patient asked, once; they are told that the answer is on their pages."""
    by.must(PRESENT, do="answer questions about consents")
    rows = Question.objects.filter(pk=question_id, organization_id=by.organization_id)
    found = rows.select_for_update(of=("self",)).select_related("patient", "consent", "consent__branch").first()
    if found is None:
        raise NotFound("There is no such question.")
    if found.answered_at is not None:
        raise Clash("Somebody answered this already. Open the consent again.")
    found.answer = _said(words, otherwise="Write the answer.")
    found.answered_at, found.answered_by_id, found.answered_name = clock.now(), by.user_id, by.name
    found.save(update_fields=["answer", "answered_at", "answered_by", "answered_name"])
    messaging.send(
        ANSWER_CODE,
        to_patient=found.patient,
        language=found.consent.language,
        data={
            "title": found.consent.title,
            "link": f"{settings.KALON_URL.rstrip('/')}{reverse('consents:my_consent', args=[found.consent_id])}",
        },
        once=f"{ANSWER_CODE} {found.pk}",
        branch=found.consent.branch,
        about_id=found.consent_id,
        by=by,
    )
    return found


def _open(pk: UUID, by: Actor) -> Consent:
    consent = queries.consent(pk, seen_by=by, lock=True)
    if not consent.is_open or consent.opened_at is None:
        raise IllegalMove(
            f"There is nothing to read now: the consent is {consent.get_status_display().lower()}.",
            status_is=consent.status,
        )
    return consent


def _row(consent: Consent, number: int) -> SectionRead | None:
    rows = SectionRead.objects.filter(consent=consent, content_sha256=consent.content_sha256, number=number)
    return rows.select_related("patient").first()


def _is_its_turn(consent: Consent, number: int) -> None:
    if not 1 <= number <= consent.parts:
        raise NotFound("There is no such part.")
    before = _row(consent, number - 1) if number > 1 else None
    if number > 1 and (before is None or before.read_at is None):
        raise NotReady("Read the part before it first.")


def _initials(consent: Consent, number: int, said: str) -> str | None:
    if number not in consent.initialled:
        return None
    letters = "".join(said.split())
    if not 1 <= len(letters) <= LONGEST_INITIALS or not any(one.isalpha() for one in letters):
        raise Invalid("Write your initials under this part.", field="initials")
    return letters


def _said(words: str, *, otherwise: str) -> str:
    said = words.strip()
    if not said:
        raise Invalid(otherwise, field="words")
    if len(said) > LONGEST_WORDS:
        raise Invalid(f"Write it in at most {LONGEST_WORDS:,} characters.", field="words")
    return said
