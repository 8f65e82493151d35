"""The patient's decision: one option accepted with a signature, or the quote declined with a reason."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kalon.consents import queries as consents
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotPermitted, NotReady, Stale
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.quotes import queries, rules
from kalon.quotes.actions.paper import paper_later
from kalon.quotes.actions.sending import fact
from kalon.quotes.events import QuoteAccepted, QuoteRejected
from kalon.quotes.lifecycles import ACCEPT, QUOTE, Method, QuoteStatus
from kalon.quotes.models import Acceptance, Quote, QuoteOption


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """A signature as it comes: drawn where there are strokes, a typed name, or on paper with the reason in `note`.

    `words` is the fingerprint of what was on the screen; who signs for another says so in `relation`.
    """

    option_id: UUID | None = None
    name: str = ""
    strokes: Any = None
    on_paper: bool = False
    note: str = ""
    words: str = ""

    @property
    def method(self) -> Method:
        if self.on_paper:
            return Method.PAPER
        return Method.DRAWN if self.strokes else Method.TYPED


@verb
def open_quote(pk: UUID, *, by: Actor) -> Quote:
    """The quote is before its patient: the first time is kept, every time is in the log."""
    by.must(ACCEPT, do="open a quote to decide on it")
    quote = queries.quote(pk, seen_by=by, lock=True)
    audit.read(by, quote, purpose="quote, to decide")
    if quote.status == QuoteStatus.SENT and quote.opened_at is None:
        quote.opened_at = clock.now()
        quote.save(update_fields=["opened_at"])
    return quote


@verb
def accept(pk: UUID, signing: Signing, *, by: Actor) -> Quote:
    """Accept one option with a signature: on the patient's own pages, or at the clinic on a tablet or on paper.

    Refusals: IllegalMove for one that is not open (any more), NotReady past its last day, Stale when the screen showed
    something else, Invalid for the signature, NotPermitted, NotFound.
    """
    by.must(ACCEPT, do="accept quotes")
    quote = queries.quote(pk, seen_by=by, lock=True)
    if quote.status == QuoteStatus.EXPIRED and quote.superseded_at is not None:
        raise IllegalMove("This is an old version. Open the latest version of the quote.", status_is=quote.status)
    if quote.status != QuoteStatus.SENT:
        QUOTE.guard(quote, "accept", by=by)
    if signing.words != quote.content_sha256:
        raise Stale("The quote on this screen is not the one that was sent. Open it again.")
    option = next((one for one in quote.options.all() if one.pk == signing.option_id), None)
    if option is None:
        raise Invalid("Choose one of the options.", field="option")
    if reasons := QUOTE.obstacles(QUOTE["accept"], _choosing(quote, option)):
        raise NotReady(" ".join(reasons), obstacles=reasons)
    _sign(quote, option, signing, by)
    spoken_for = Clash("One of its plans was accepted in another quote. Make a new version without that plan.")
    with refusing({"quotes_quote_one_for_a_plan": spoken_for}):
        QUOTE.move(quote, "accept", by=by, chosen_option=option, accepted_by_id=by.user_id)
    quote = queries.quote(pk, seen_by=by)
    paper_later(quote)
    announce(QuoteAccepted(*fact(quote, by)))
    return quote


@verb
def reject(pk: UUID, reason: str, *, by: Actor) -> Quote:
    """Decline a quote, with a reason that helps to make a better one."""
    by.must(ACCEPT, do="decline quotes")
    quote = queries.quote(pk, seen_by=by, lock=True)
    why = rules.words(reason, field="reason", most=rules.LONGEST_REASON)
    QUOTE.move(quote, "reject", by=by, reason=why, rejected_at=clock.now(), rejection=why)
    announce(QuoteRejected(*fact(quote, by)))
    return quote


def signed_as(patient: Any, signing: Signing, *, place: str, by: Actor) -> dict[str, Any]:
    """A signature as it is kept; refused with a sentence that says what to do."""
    if signing.on_paper and by.is_patient:
        raise NotPermitted("A paper is signed at the clinic. Sign here with your finger, or type your name.")
    note = rules.words(signing.note, field="note", most=rules.LONGEST_REASON)
    if signing.on_paper and not note:
        raise Invalid("Write why it was signed on paper, and where the paper is kept.", field="note")
    strokes = consents.drawn(signing.strokes) if signing.strokes else None
    name = " ".join(signing.name.split())
    if strokes and not name:
        name = patient.name if _signs_for_self(patient, by) else ""
    if not 2 <= len(name) <= 200:
        raise Invalid("Write the full name of the person who signs.", field="name")
    return {
        "organization_id": patient.organization_id, "patient": patient, "name": name, "method": signing.method,
        "strokes": strokes, "note": note, "signed_at": clock.now(), "user_id": by.user_id, "account": by.name,
        "place": place, "origin_ip": by.origin_ip,
    }  # fmt: skip


def place_of(branch: Any, by: Actor) -> str:
    return "On the patient's own pages" if by.is_patient else f"At the clinic, {branch.name}"


def _sign(quote: Quote, option: QuoteOption, signing: Signing, by: Actor) -> None:
    twice = Clash("This quote was accepted a moment ago. Open it again.")
    facts = signed_as(quote.patient, signing, place=place_of(quote.branch, by), by=by)
    with refusing({"quotes_acceptance_quote_id_key": twice, "quotes_acceptance_while_sent": twice}):
        Acceptance(quote=quote, option=option, content_sha256=quote.content_sha256, **facts).save(force_insert=True)


def _choosing(quote: Quote, option: QuoteOption) -> Quote:
    quote.chosen_option = option
    return quote


def _signs_for_self(patient: Any, by: Actor) -> bool:
    """On a tablet of the clinic the patient signs; on a phone a guardian may be the one who is signed in."""
    if not by.is_patient:
        return True
    theirs = patients.joining.records_of(patient.pk)
    mine = next((one for one in patients.people_i_act_for(by) if one.patient_id in theirs), None)
    return mine is None or mine.relation == "SELF"
