"""What happened: summaries of closed consultations and visits, month by month."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from kalon.consultations import actions as consultation_actions
from kalon.papers import queries as papers
from kalon.portal import queries
from kalon.web import files
from kalon.web.fronts import actor_of, patient_page, render


@patient_page
def records(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("show", "")
    show = wanted if wanted in queries.RECORDS else "all"
    found = queries.records(show, seen_by=actor_of(request))
    kinds = [(kind, label, kind == show) for kind, label in queries.RECORDS.items()]
    return render(request, "portal/records.html", {"records": found, "kinds": kinds, "show": show})


@patient_page
def record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The summary of one encounter, in words for the patient."""
    by = actor_of(request)
    found = consultation_actions.read(pk, purpose="own summary", by=by)
    context = {
        "record": found,
        "parts": queries.summary(found, seen_by=by),
        "has_paper": papers.holding(found.pk, papers.Kind.SUMMARY, seen_by=by) is not None,
    }
    return render(request, "portal/record.html", context)


@require_GET
@patient_page
def paper(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """The summary as the doctor signed it, to keep or to show elsewhere."""
    kept, content = queries.summary_paper(pk, seen_by=actor_of(request))
    return files.shown(iter([content]), content_type="application/pdf", size=len(content), name=kept.file_name)


@patient_page
def result(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What came back of one order, once a doctor has looked at it."""
    found = queries.result(pk, seen_by=actor_of(request))
    return render(request, "portal/result.html", {"result": found, "order": found.order})
