"""The worker that listens: it writes recordings down, and hears the commands that doctors speak to their screens.

python -m kalon.config.listener
"""

import django


def main() -> None:
    """Work until the process ends; one model in memory serves both."""
    django.setup()
    from django.core.management import execute_from_command_line

    from kalon.voice.actions.listening import shared

    with shared.serving():
        execute_from_command_line(["", "procrastinate", "worker", "--queues", "voice", "--concurrency", "1"])


if __name__ == "__main__":
    main()
