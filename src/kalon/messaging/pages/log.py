"""What the clinic told its patients, and whether it arrived."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from kalon.kernel import audit
from kalon.messaging import actions, queries, rules
from kalon.messaging.forms import LogForm, ReasonForm
from kalon.messaging.lifecycles import MANAGE, MESSAGE, VIEW
from kalon.messaging.models import Message
from kalon.patients import queries as patients
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PAGE = 30
MOVES = {
    "send_again": (actions.send_again, "It is sent again"),
    "give_up_looking": (actions.give_up_looking, "It counts as not delivered: you can send it again now"),
}


@staff_page(VIEW)
def log(request: HttpRequest) -> HttpResponse:
    """Every message, the latest first; narrowed to a patient, a state, a kind."""
    by = actor_of(request)
    form = LogForm(request.GET)
    wish = form.cleaned_data if form.is_valid() else {}
    rows = queries.messages(seen_by=by, patient_id=wish.get("patient"))
    if status := wish.get("status"):
        rows = rows.filter(status=status)
    if channel := wish.get("channel"):
        rows = rows.filter(channel=channel)
    if code := wish.get("code"):
        rows = rows.filter(template_code=code)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    audit.reads(by, shown, purpose="message log")
    patient = patients.patient(wish["patient"], seen_by=by) if wish.get("patient") else None
    context = {
        "page": page,
        "lines": [(message, name_of(message)) for message in shown],
        "form": form,
        "patient": patient,
        "may_manage": by.may(MANAGE),
    }
    return render(request, "messaging/log.html", context)


@staff_page(VIEW)
def message(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One message: what it said, and each attempt to carry it out."""
    by = actor_of(request)
    found = queries.message(pk, seen_by=by)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        move, toast = MOVES.get(request.POST.get("move", ""), MOVES["send_again"])
        with refusals_on(form):
            move(pk, form.cleaned_data["reason"], by=by)
        if not form.errors:
            return go(request, "messaging:message", pk=pk, toast=toast)
    audit.read(by, found, purpose="opened a message")
    context = {
        "message": found,
        "name": name_of(found),
        "log": list(queries.log(found, seen_by=by)),
        "buttons": MESSAGE.buttons(found, by=by),
        "answers": list(found.answers.order_by("id")),
        "form": form,
    }
    return render(request, "messaging/message.html", context, status=422 if form.errors else 200)


def name_of(message: Message) -> str:
    """What the message is, in a few words."""
    known = rules.KNOWN.get(message.template_code)
    return known.name if known else message.template_code
