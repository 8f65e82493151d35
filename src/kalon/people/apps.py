from django.apps import AppConfig
from django.contrib.admin import apps as admin

SETTINGS = (
    ("Staff", "people:staff", "users", "people.manage"),
    ("Roles", "people:roles", "shield-check", "people.manage"),
    ("Branches and rooms", "people:branches", "building-2", "people.manage"),
    ("Equipment", "people:equipment", "zap", "people.manage"),
    ("Log", "people:log", "scroll-text", "audit.view"),
    ("API tokens", "people:tokens", "key-round", None),
)


class PeopleConfig(AppConfig):
    name = "kalon.people"
    label = "people"
    verbose_name = "People and places"
    default_auto_field = "django.db.models.BigAutoField"
    default = True

    def ready(self) -> None:
        from kalon.people import reactions
        from kalon.web import navigation as nav

        reactions.install()
        nav.add(
            nav.Entry(
                label="Settings",
                url_name="people:staff",
                icon="settings",
                permission="people.manage",
                order=99,
            )
        )
        for order, (label, url_name, icon, permission) in enumerate(SETTINGS):
            nav.add(
                nav.Entry(
                    label=label,
                    url_name=url_name,
                    icon=icon,
                    permission=permission,
                    group=nav.SETTINGS,
                    order=order,
                )
            )


class ReferenceAdminConfig(admin.AdminConfig):
    """Django's admin, for reference data only (`kalon.web.reference`)."""

    default = False
    default_site = "kalon.web.reference.ReferenceSite"
