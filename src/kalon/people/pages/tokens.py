"""Bearer tokens: a program's key to act as the person who made it."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.kernel import clock
from kalon.people import actions, queries
from kalon.people.forms import TokenForm
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@staff_page()
def token_list(request: HttpRequest) -> HttpResponse:
    """One's own tokens; a new one is shown this once."""
    by = actor_of(request)
    form, fresh = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            fresh = actions.issue_own_token(form.cleaned_data["label"], days=form.cleaned_data["days"], by=by)
            form = TokenForm()
    page = Paginator(queries.tokens_of(by), 30).get_page(request.GET.get("page"))
    context = {"form": form, "fresh": fresh, "page": page, "now": clock.now()}
    return render(request, "people/tokens.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page()
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A token is closed."""
    actions.revoke_token(pk, by=actor_of(request))
    return go(request, reverse("people:tokens"), toast="Token revoked")
