"""Recalls: the list, a new notice, one recall with its patients and what is locked away, one patient of it."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from kalon.inventory import actions, queries
from kalon.inventory.forms import ReasonForm
from kalon.inventory.forms.recalls import NoticeForm, OutcomeForm
from kalon.inventory.lifecycles import NOTICE, RECALL, RecallStatus
from kalon.kernel import audit
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PAGE = 30
BESIDE = 6  # patients in the card beside a list


@staff_page(RECALL)
def recalls(request: HttpRequest) -> HttpResponse:
    """Every recall, the open in front, with how far it is."""
    by = actor_of(request)
    page = Paginator(queries.recalls(seen_by=by), PAGE).get_page(request.GET.get("page"))
    return render(request, "inventory/recalls.html", {"page": page})


@staff_page(RECALL)
def new_recall(request: HttpRequest) -> HttpResponse:
    """A notice is written down, typed or from its file; from then on what it covers is locked away."""
    by = actor_of(request)
    form = NoticeForm(request.POST or None, request.FILES or None, by=by)
    if form.is_bound and form.is_reading:
        return _read(request, form)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.open_recall(form.notice(), form.scopes(), by=by)
        if not form.errors:
            return go(
                request, "inventory:recall", pk=made.pk, toast=f"{made.number} is open, and its stock locked away"
            )
    return render(request, "inventory/recall_form.html", {"form": form}, status=422 if form.errors else 200)


def _read(request: HttpRequest, form: NoticeForm) -> HttpResponse:
    """What the file says, for a person to look at; nothing is opened by it."""
    form.full_clean()
    found = form.cleaned_data.get("file")
    if not found:
        form.only_the_file()
        return render(request, "inventory/recall_form.html", {"form": form}, status=422)
    context = {"form": form.filled(found, by=actor_of(request)), "doubts": found.doubts, "read": len(found.covers)}
    return render(request, "inventory/recall_form.html", context)


@staff_page(RECALL)
def recall(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One recall: whom to reach, what came of each, and what of it was here."""
    by = actor_of(request)
    notice = queries.recall(pk, seen_by=by)
    page = Paginator(queries.recall_tasks(pk, seen_by=by), PAGE).get_page(request.GET.get("page"))
    audit.reads(by, list(page), purpose=f"recall {notice.number}")
    hits = list(queries.recall_hits(pk, seen_by=by)[:200])
    context = {
        "notice": notice,
        "page": page,
        "hits": hits,
        "scopes": list(notice.scopes.select_related("item")[:50]),
        "untold": queries.recall_tasks(pk, seen_by=by).filter(told_at=None).exclude(status="DONE").count(),
        "close": next(iter(NOTICE.buttons(notice, by=by)), None),
        "form": ReasonForm(),
    }
    return render(request, "inventory/recall.html", context)


@require_POST
@staff_page(RECALL)
def tell(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The message goes to each patient who was not told yet."""
    told = actions.tell_patients(pk, by=actor_of(request))
    return go(request, "inventory:recall", pk=pk, toast=f"{told} message{'s' if told != 1 else ''} sent")


@require_POST
@staff_page(RECALL)
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The recall is over."""
    made = actions.close_recall(pk, request.POST.get("reason", ""), by=actor_of(request))
    return go(request, "inventory:recall", pk=pk, toast=f"{made.number} closed")


@staff_page(RECALL)
def task(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One patient of a recall: how to reach them, and what came of it."""
    by = actor_of(request)
    found = queries.recall_task(pk, seen_by=by)
    audit.read(by, found, purpose=f"recall {found.notice.number}")
    form = OutcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.settle(pk, form.cleaned_data["outcome"], form.cleaned_data["note"], by=by)
        if not form.errors:
            return go(request, "inventory:recall", pk=found.notice_id, toast="Outcome written down")
    context = {"task": found, "form": form}
    return render(request, "inventory/recall_task.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page(RECALL)
def called(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A call that nobody answered."""
    found = actions.call_again(pk, by=actor_of(request))
    return go(request, "inventory:recall", pk=found.notice_id, toast=f"{found.calls} calls so far")


@require_POST
@staff_page(RECALL)
def reached(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient was told."""
    found = actions.reach(pk, by=actor_of(request))
    return go(request, "inventory:recall_task", pk=found.pk, toast="Reached. Write down what comes of it")


def open_cards(request: HttpRequest) -> list[SafeString]:
    """The recalls under way, as cards beside a list; the first two."""
    by = actor_of(request)
    if not by.may(RECALL):
        return []
    cards = []
    for notice in queries.recalls(seen_by=by).filter(status=RecallStatus.OPEN)[:2]:
        tasks = list(queries.recall_tasks(notice.pk, seen_by=by)[:BESIDE])
        audit.reads(by, tasks, purpose=f"recall {notice.number}")
        done = notice.settled + notice.reached
        context: dict[str, Any] = {"notice": notice, "tasks": tasks, "done": done}
        cards.append(mark_safe(render_to_string("inventory/_recall_card.html", context, request=request)))  # noqa: S308
    return cards


def patient_alert(request: HttpRequest, patient: Any) -> str | None:
    """On the patient's page, while a recall about them is not settled."""
    by = request.actor  # type: ignore[attr-defined]
    if not by.may(RECALL):
        return None
    tasks = list(queries.open_tasks_of(patient.pk, seen_by=by)[:5])
    if not tasks:
        return None
    audit.reads(by, tasks, purpose="recall of an implant")
    return render_to_string("inventory/_recall_alert.html", {"tasks": tasks}, request=request)
