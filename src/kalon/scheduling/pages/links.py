"""Where a link of a message leads: the patient's own pages, where they sign in."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from kalon.scheduling.queries.links import where_to
from kalon.web.fronts import public_page


@public_page
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Follow a signed link; one that is not ours leads nowhere."""
    return HttpResponseRedirect(where_to(token))
