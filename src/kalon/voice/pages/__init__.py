"""Pages of recorded consultations: the console on a tablet, and its card on the doctor's page."""

from kalon.voice.pages.console import again, begin, card, console

__all__ = ["again", "begin", "card", "console"]
