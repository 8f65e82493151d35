"""The operation note: written from its template, signed, read, corrected by a further one."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from kalon.kernel import audit
from kalon.papers import queries as papers
from kalon.theatre import actions, queries
from kalon.theatre.actions.noting import WRITTEN_IN
from kalon.theatre.forms import NoteForm
from kalon.theatre.lifecycles import SIGN_NOTE, VIEW
from kalon.theatre.pages.case import facts
from kalon.theatre.rules.notes import PARTS
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@staff_page(VIEW)
def note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The note of a case, or the form in which it is written."""
    by = actor_of(request)
    found = queries.case(pk, seen_by=by)
    audit.read(by, found, purpose="opened the operation note")
    written = queries.note_of(found)
    may_note = by.may(SIGN_NOTE) and found.status in WRITTEN_IN
    form = None
    if request.method == "POST":
        by.must(SIGN_NOTE, do="write the note of an operation")
        form = NoteForm(request.POST)
        if form.is_valid():
            with refusals_on(form):
                actions.write_note(pk, form.cleaned_data, by=by)
                if "sign" in request.POST:
                    actions.sign_note(pk, by=by)
            if not form.errors:
                said = "The note is signed" if "sign" in request.POST else "Saved"
                return go(request, "theatre:note", pk=pk, toast=said)
    elif may_note and (written is None or written.signed_at is None or "correct" in request.GET):
        form = NoteForm(initial=written.content if written else {})
    signed = written is not None and written.signed_at is not None
    context = {
        **facts(found),
        "day": queries.day_of(found, seen_by=by),
        "form": form,
        "note": written,
        "written": [(title, written.content.get(name)) for name, title, _ in PARTS if written.content.get(name)]
        if written else [],
        "corrects": signed,
        "may_note": may_note,
        "paper": papers.holding(written.pk, papers.Kind.OTHER, seen_by=by) if written and signed else None,
    }  # fmt: skip
    return render(request, "theatre/case/note.html", context, status=422 if form and form.errors else 200)
