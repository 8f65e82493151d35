"""Writing the words: sections, what is refused, versions, and the texts that come with Kalon."""

import pytest

from kalon.consents import actions, queries, rules
from kalon.consents.actions import Terms, TextDetails
from kalon.consents.actions.wording import names_of
from kalon.consents.tests.conftest import Office
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotReady
from kalon.kernel.tenancy import acting_as

BODY = "# What we ask\nWe ask {patient}.\n- one\n- two\nAnd more.\nSource: Some Act, section 1\n[ ] I agree"


def test_a_text_is_read_in_sections():
    [section], ticks = rules.read(BODY)
    assert (section.heading, section.sources, ticks) == ("What we ask", ["Some Act, section 1"], ["I agree"])
    assert section.blocks == [("text", "We ask {patient}."), ("list", ["one", "two"]), ("text", "And more.")]


@pytest.mark.parametrize(
    ("title", "body", "says"),
    [
        ("", BODY, "title"),
        ("T", "", "Write the text"),
        ("T", "# Only a heading\n[ ] I agree", "nothing to read"),
        ("T", "Words", "what the patient confirms"),
        ("T", "Dear {name}\n[ ] I agree", "not a name this text knows"),
        ("T", "x" * 20_001, "20,000"),
    ],
)
def test_what_cannot_be_read_is_not_kept(office: Office, title: str, body: str, says: str):
    draft = actions.add_template("MARKETING", "Ours", Terms(), by=office.owner)
    with pytest.raises(Invalid, match=says):
        actions.write_text(draft.pk, TextDetails("en", title, body), by=office.owner)
    with pytest.raises(NotReady, match="at least one language"):
        actions.publish(draft.pk, by=office.owner)


def test_a_published_text_is_never_edited(office: Office):
    version = office.in_use["PHOTOGRAPHY"]
    for refused in (
        lambda: actions.write_text(version.pk, TextDetails("en", "T", BODY), by=office.owner),
        lambda: actions.remove_text(version.pk, "hi", by=office.owner),
        lambda: actions.set_terms(version.pk, Terms(1), by=office.owner),
    ):
        with pytest.raises(IllegalMove, match="never changed"):
            refused()


def test_the_next_version_starts_from_the_last_and_takes_its_place(office: Office):
    first = office.in_use["PHOTOGRAPHY"]
    draft = actions.begin_version(first.template_id, by=office.owner)
    with pytest.raises(Clash, match="draft of this already"):
        actions.begin_version(first.template_id, by=office.owner)
    assert (draft.number, draft.valid_months) == (2, 24)
    actions.remove_text(draft.pk, "hi", by=office.owner)
    actions.write_text(draft.pk, TextDetails("ml", "T", BODY), by=office.owner)
    actions.publish(draft.pk, by=office.owner)
    with acting_as(office.owner):
        rows = queries.template(first.template_id, seen_by=office.owner).versions.all()
        assert [(one.number, one.status) for one in rows] == [(2, "PUBLISHED"), (1, "WITHDRAWN")]
        assert [text.language for text in rows[0].texts.all()] == ["en", "ml"]
        assert [text.language for text in rows[1].texts.all()] == ["en", "hi"]
    assert rows[0].published_by == office.owner.name


def test_a_name_is_used_once(office: Office):
    with pytest.raises(Clash, match="of this name"):
        actions.add_template("MARKETING", "Clinical photographs", Terms(), by=office.owner)
    with pytest.raises(Invalid, match="1 to 120"):
        actions.add_template("MARKETING", "Other", Terms(valid_months=121), by=office.owner)
    with pytest.raises(Invalid, match="what it is a consent to"):
        actions.add_template("MAGIC", "Other", Terms(), by=office.owner)


def test_what_comes_with_kalon_is_in_english_and_hindi_and_names_its_sources(office: Office):
    assert {one.kind for one in rules.BUILT_IN} == set(queries.Kind.values)
    for one in rules.BUILT_IN:
        texts = {text.language: rules.read(text.body) for text in one.texts(names_of(one.kind))}
        assert set(texts) == {"en", "hi"}
        (english, ticks), (hindi, hindi_ticks) = texts["en"], texts["hi"]
        assert len(english) == len(hindi) and len(ticks) == len(hindi_ticks)
        assert [len(part.sources) for part in english] == [len(part.sources) for part in hindi]
        assert sum(len(part.sources) for part in english) >= 2
    assert actions.bring_built_in(by=office.owner) == []  # what is there stays
