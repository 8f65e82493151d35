from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "kalon.catalog"
    label = "catalog"
    verbose_name = "Catalogue"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kalon.web import navigation

        navigation.add(
            navigation.Entry(
                label="Catalogue",
                url_name="catalog:services",
                icon="tags",
                permission="catalog.manage",
                group=navigation.SETTINGS,
                order=30,
            )
        )
