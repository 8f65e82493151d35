"""What people wrote to the clinic's number: a person reads what no rule understood."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from kalon.kernel import audit
from kalon.messaging import queries
from kalon.messaging.forms import AnswerForm
from kalon.messaging.lifecycles import VIEW
from kalon.web.fronts import actor_of, render, staff_page

PAGE = 30


@staff_page(VIEW)
def answers(request: HttpRequest) -> HttpResponse:
    """Everything that came in, the latest first."""
    by = actor_of(request)
    form = AnswerForm(request.GET)
    rows = queries.answers(seen_by=by)
    if form.is_valid() and (meaning := form.cleaned_data["meaning"]):
        rows = rows.filter(meaning=meaning)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    audit.reads(by, list(page.object_list), purpose="answers of patients")
    return render(request, "messaging/answers.html", {"page": page, "form": form})
