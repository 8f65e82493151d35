from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "kalon.messaging"
    label = "messaging"
    verbose_name = "Messages"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kalon.messaging import reactions
        from kalon.messaging.pages import panel
        from kalon.web import navigation

        reactions.listen()
        panel.plug_in()
        navigation.add(
            navigation.Entry(
                label="Messages", url_name="messaging:log", icon="message-square", permission="messaging.view", order=95
            )
        )
