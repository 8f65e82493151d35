"""What a patient asks before they decide, and the clinic's answer."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, IllegalMove, NotFound
from kalon.kernel.tenancy import verb
from kalon.messaging import actions as messaging
from kalon.quotes import queries, rules
from kalon.quotes.lifecycles import ACCEPT, SEND, QuoteStatus
from kalon.quotes.models import Question

ANSWER_CODE = "quote-answered"


@verb
def ask(pk: UUID, words: str, *, by: Actor) -> Question:
    """Ask the clinic something about a quote before deciding; the desk sees it at once."""
    by.must(ACCEPT, do="ask about a quote")
    quote = queries.quote(pk, seen_by=by)
    if quote.status != QuoteStatus.SENT:
        raise IllegalMove("This quote is not open any more. Call the clinic instead.", status_is=str(quote.status))
    said = rules.needed(words, field="words", most=rules.LONGEST_WORDS, otherwise="Write what you would like to know.")
    made = Question(
        organization_id=quote.organization_id, patient=quote.patient, quote=quote, words=said, asked_at=clock.now()
    )
    made.save(force_insert=True)
    return made


@verb
def answer(question_id: UUID, words: str, *, by: Actor) -> Question:
    """Answer a patient's question once; they are told that the answer is on their pages."""
    by.must(SEND, do="answer questions about quotes")
    rows = Question.objects.filter(pk=question_id, organization_id=by.organization_id)
    found = rows.select_for_update(of=("self",)).select_related("patient", "quote", "quote__branch").first()
    if found is None:
        raise NotFound("There is no such question.")
    if found.answered_at is not None:
        raise Clash("Somebody answered this already. Open the quote again.")
    found.answer = rules.needed(words, field="words", most=rules.LONGEST_WORDS, otherwise="Write the answer.")
    found.answered_at, found.answered_by_id = clock.now(), by.user_id
    found.save(update_fields=["answer", "answered_at", "answered_by"])
    messaging.send(
        ANSWER_CODE,
        to_patient=found.patient,
        data={
            "number": found.quote.number,
            "link": f"{settings.KALON_URL.rstrip('/')}{reverse('quotes:my_quote', args=[found.quote_id])}",
        },
        once=f"{ANSWER_CODE} {found.pk}",
        branch=found.quote.branch,
        about_id=found.quote_id,
        by=by,
    )
    return found
