"""The words of `./kalon` are an interface that others script against."""

from importlib import import_module

import pytest
from django.db import connection

from kalon.config.cli import VERBS, main, upkeep

WORDS = (
    "demo", "serve", "test", "check", "bench", "journey", "seed", "token", "dsn", "audit", "voice", "backup", "restore",
    "doctor",
)  # fmt: skip


def test_alone_it_lists_its_verbs(capsys):
    assert main([]) == 0
    told = capsys.readouterr().out
    assert [word for word in WORDS if f"./kalon {word} " not in told] == []


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_is_there_and_says_what_it_does(verb):
    run = getattr(import_module(f"kalon.config.cli.{VERBS[verb][0]}"), verb)
    assert run.__doc__


def test_an_unknown_word_is_told(capsys):
    assert main(["dmeo"]) == 2
    assert "Run ./kalon to see them all" in capsys.readouterr().err


def test_an_address_for_each_role(capsys):
    for role in ("app", "portal", "owner"):
        assert main(["dsn", "--as", role]) == 0
        assert capsys.readouterr().out.startswith(f"postgresql://kalon_{role}:")


def test_a_token_is_given_for_known_roles_only(capsys):
    assert upkeep.DEMO_ROLES == (
        "owner", "frontdesk", "nurse", "doctor", "surgeon", "theatre", "inventory", "billing", "provider", "patient",
    )  # fmt: skip
    with pytest.raises(SystemExit) as refusal:
        main(["token", "--as", "superuser"])
    assert refusal.value.code == 2


def test_a_restore_asks_first(tmp_path, capsys):
    file = tmp_path / "clinic.dump"
    file.write_bytes(b"")
    with pytest.raises(SystemExit, match="--replace-everything"):
        main(["restore", str(file)])


def test_the_doctor_shows_the_outbox_and_names_the_jobs_that_gave_up(own_database, capsys):
    main(["doctor"])
    assert "✓ Outbox (0 waiting, 0 running, 0 gave up, workers: 0)" in capsys.readouterr().out
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, args, status, attempts) "
            """VALUES ('messaging.deliver', 'default', '{"message_id": "17"}', 'failed', 8)"""
        )
    assert main(["doctor"]) == 1
    told = capsys.readouterr().out
    assert "✗ Outbox (0 waiting, 0 running, 1 gave up, workers: 0)" in told
    assert "messaging.deliver, 8 tries: message_id 17" in told
