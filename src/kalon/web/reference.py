"""Django's admin, narrowed to reference data: lists of words and numbers that nothing is decided by.

A model appears only through a `ReferenceAdmin`. One with a lifecycle is refused when the server starts, so the
admin cannot step round a move or a seal; nothing is ever deleted; and the rows are read and written in the
request's own unit of work, under the same row security as every page.
"""

from typing import TYPE_CHECKING, Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from kalon.kernel import audit
from kalon.kernel.actors import Actor, Kind
from kalon.kernel.lifecycle import Staged

MANAGE = "people.manage"


if TYPE_CHECKING:
    BaseAdmin = ModelAdmin[Any]
else:
    BaseAdmin = ModelAdmin


class ReferenceAdmin(BaseAdmin):
    """How reference data is shown; `permission` is who may, `read_only` shows without changing."""

    permission = MANAGE
    read_only = False
    actions = None

    def _may(self, request: HttpRequest) -> bool:
        actor: Actor | None = getattr(request, "actor", None)
        return actor is not None and actor.kind is Kind.STAFF and actor.may(self.permission)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request) and not self.read_only

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request) and not self.read_only

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        rows = super().get_queryset(request)
        if any(field.name == "organization" for field in self.model._meta.fields):
            rows = rows.filter(organization_id=request.actor.organization_id)  # type: ignore[attr-defined]
        return rows

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if not change and hasattr(obj, "organization_id"):
            obj.organization_id = actor.organization_id
        super().save_model(request, obj, form, change)
        audit.note(
            actor,
            audit.Kind.CHANGE,
            obj,
            facts={"what": "reference data", "columns": sorted(form.changed_data)},
        )


class ReferenceSite(AdminSite):
    """The admin's front: for staff who manage the clinic, signed in the way everybody signs in."""

    site_header = site_title = "Reference data"
    index_title = "Lists the clinic works with"
    site_url = "/"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take a model whose admin is a `ReferenceAdmin`; what libraries would show of theirs stays out."""
        if admin_class is None or not issubclass(admin_class, ReferenceAdmin):
            return
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        for model in models:
            refuse_guarded(model)
        super().register(models, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        actor: Actor | None = getattr(request, "actor", None)
        return actor is not None and actor.kind is Kind.STAFF and actor.may(MANAGE)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect(f"{reverse('account_login')}?next={request.path}")


def refuse_guarded(model: type[Model]) -> None:
    """A row with a lifecycle is changed by its moves, never by a form of the admin."""
    if issubclass(model, Staged):
        raise ImproperlyConfigured(f"{model._meta.label} has a lifecycle; change it by its moves, not in the admin.")
