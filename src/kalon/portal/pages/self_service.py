"""What patients see to themselves: how the clinic reaches them, and who has looked at their record."""

from django.http import HttpRequest, HttpResponse

from kalon.kernel.audit import AuditEvent
from kalon.patients import actions as patients
from kalon.portal import queries, rules
from kalon.portal.forms import ReachForm
from kalon.web.fronts import actor_of, go, patient_page, refusals_on, render


@patient_page
def reach(request: HttpRequest) -> HttpResponse:
    """Phone, e-mail, address and language, put right by the patient."""
    by = actor_of(request)
    me = queries.me(seen_by=by)
    form = ReachForm(request.POST or None, initial=ReachForm.told_by(me))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            patients.correct_own_contact(form.changes(), version=form.cleaned_data["version"], by=by)
        if not form.errors:
            return go(request, "portal:you", toast="Saved. We reach you this way from now on.")
    return render(request, "portal/reach.html", {"me": me, "form": form}, status=422 if form.errors else 200)


@patient_page
def access(request: HttpRequest) -> HttpResponse:
    """Who opened the record or changed it, day by day."""
    by = actor_of(request)
    before = request.GET.get("before", "")
    events = queries.own_log(seen_by=by)
    if before.isdecimal() and len(before) < 19:
        events = events.filter(pk__lt=int(before))
    found: list[AuditEvent] = list(events.order_by("-id")[: rules.LOG_LINES + 1])
    days = rules.days_of_log(found[: rules.LOG_LINES], seen_by=by)
    earlier = found[rules.LOG_LINES - 1].pk if len(found) > rules.LOG_LINES else None
    return render(request, "portal/access.html", {"days": days, "earlier": earlier})
