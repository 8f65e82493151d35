"""Pages of plans."""


def plug_in() -> None:
    """Called once, when the application starts."""
