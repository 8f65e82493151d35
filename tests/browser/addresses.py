"""Every page that the URL resolver knows, with a real row to open it on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

# Not pages of ours: machine addresses, redirects, and steps that only exist in the middle of another page's flow.
NO_PAGE = (
    "api/",
    "admin/",
    "healthz",
    "live/",
    "static/",
    "hooks/",
    "feeds/",
    "v/",
    "manifest.webmanifest",
    "robots.txt",
    "favicon",
    "sw.js",
)
MID_FLOW = frozenset({
    "account_logout", "account_inactive", "account_confirm_email", "account_confirm_login_code",
    "account_email_verification_sent", "account_confirm_password_reset_code", "account_complete_password_reset",
    "account_password_reset_completed", "account_signup", "account_email", "account_set_password",
    "account_reauthenticate", "mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
    "mfa_deactivate_totp", "mfa_download_recovery_codes", "mfa_generate_recovery_codes", "mfa_login_webauthn",
    "mfa_remove_webauthn", "mfa_edit_webauthn", "mfa_view_recovery_codes", "people:closed-sign-up",
    "people:closed-emails", "people:sessions", "web:theme", "patients:register_resend",
    "scheduling:calendar_block", "scheduling:calendar_book", "scheduling:calendar_events", "scheduling:calendar_visit",
    "scheduling:waiting_ticket", "installments:preview", "prescribing:find", "documents:content", "documents:download",
    "catalog:tax_preview", "photos:picture", "photos:small", "photos:original", "photos:export_file",
    "portal:photo_picture", "portal:own_copy_file", "portal:document_content", "portal:document_download",
    "consultations:diagnosis_search", "plans:line",
    "theatre:case_news",
    "voice:sound", "voice:outside", "consents:said",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """One page: what it is called, where it is, and which right opens it."""

    name: str
    permission: str | None
    kwargs: tuple[str, ...]
    is_frame: bool  # it goes through staff_page, patient_page or public_page

    def path(self, examples: dict[str, dict[str, Any]]) -> str:
        """The address on a real row."""
        if not self.kwargs:
            return reverse(self.name)
        context = self.name.partition(":")[0]
        known = {**examples.get(context, {}), **examples.get(self.name, {})}
        missing = set(self.kwargs) - known.keys()
        assert not missing, f"{self.name} needs an example for {missing}: add one to tests/browser/rows.py."
        return reverse(self.name, kwargs={key: known[key] for key in self.kwargs})


def pages() -> list[Address]:
    """Everything a person can open with a browser, in the order of the resolver."""
    return [address for address in _walk(get_resolver().url_patterns, "", "") if address.name not in MID_FLOW]


def _walk(patterns: list[Any], prefix: str, namespace: str) -> Iterator[Address]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if route.startswith(NO_PAGE):
            continue
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern) and pattern.name and not _only_posts(pattern.callback):
            permission = getattr(pattern.callback, "permission", None)
            kwargs = tuple(pattern.pattern.converters)
            yield Address(f"{namespace}{pattern.name}", permission, kwargs, hasattr(pattern.callback, "permission"))


def _only_posts(view: Any) -> bool:
    """Whether `require_POST` stands somewhere around the view."""
    while view is not None:
        cells = [cell.cell_contents for cell in (getattr(view, "__closure__", None) or ())]
        if ["POST"] in [cell for cell in cells if isinstance(cell, list)]:
            return True
        view = getattr(view, "__wrapped__", None)
    return False
