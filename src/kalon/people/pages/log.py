"""The owner's view of the log: who opened, changed or was refused what, and when."""

from django.apps import apps
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property

from kalon.kernel.audit import AuditEvent
from kalon.people import queries
from kalon.people.forms import LogForm
from kalon.people.queries import LogFilter
from kalon.web.fronts import actor_of, render, staff_page

PAGE, MOST_PAGES = 50, 200


class LongPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than anybody leafs: a log has millions of rows."""

    @cached_property
    def count(self) -> int:
        rows: QuerySet[AuditEvent] = self.object_list  # type: ignore[assignment]
        return rows.order_by()[: PAGE * MOST_PAGES].count()


@staff_page("audit.view")
def log(request: HttpRequest) -> HttpResponse:
    """What happened, newest first, by person, patient, kind and day."""
    by = actor_of(request)
    form = LogForm(request.GET or None)
    wanted = LogFilter(zone=queries.organization(seen_by=by).timezone)
    if form.is_valid():
        wanted = LogFilter(zone=wanted.zone, **form.cleaned_data)
    page = LongPaginator(queries.events(wanted, seen_by=by), PAGE).get_page(request.GET.get("page"))
    nouns = {model._meta.db_table: str(model._meta.verbose_name).capitalize() for model in apps.get_models()}
    lines = [(event, nouns.get(event.subject_table, event.subject_table)) for event in page]
    return render(request, "people/log.html", {"form": form, "page": page, "lines": lines})
