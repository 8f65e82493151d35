"""Pages that a script asks: a refusal is answered as a problem with its facts, so that free times can be offered."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from kalon.api.problems import refused
from kalon.kernel.errors import DomainError

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def answers_json(view: View[P]) -> View[P]:
    """Answer refusals as `application/problem+json`; what the view had written until then is undone."""

    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except DomainError as refusal:
            return refused(request, refusal)

    return page
