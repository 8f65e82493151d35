"""Each actor sees the places they may go, and where they are."""

from dataclasses import dataclass, field

import pytest
from django.urls import reverse

from kalon.web import navigation as nav
from kalon.web import search


@dataclass
class Somebody:
    rights: set[str] = field(default_factory=set)

    def may(self, permission: str, /) -> bool:
        return permission in self.rights


@pytest.fixture(autouse=True)
def entries(monkeypatch):
    reverse("web:search")  # every address is known before the list is emptied
    monkeypatch.setattr(nav, "_entries", [])
    nav.add(nav.Entry(label="Search", url_name="web:search", icon="search", order=20))
    nav.add(
        nav.Entry(
            label="Sheet",
            url_name="web:components",
            icon="box",
            permission="sheet.see",
            order=10,
            badge=lambda actor: 3,
        )
    )


def test_only_what_one_may_use_in_order():
    assert [link.label for link in nav.entries_for(Somebody())] == ["Search"]
    assert [link.label for link in nav.entries_for(Somebody({"sheet.see"}))] == ["Sheet", "Search"]


def test_nobody_goes_nowhere():
    assert nav.entries_for(None) == []


def test_the_place_that_holds_the_address_is_current():
    links = nav.entries_for(Somebody({"sheet.see"}), path="/search/deeper")
    assert [(link.label, link.is_current) for link in links] == [("Sheet", False), ("Search", True)]


def test_counts_are_asked_for_the_actor():
    assert nav.entries_for(Somebody({"sheet.see"}))[0].count == 3


def test_the_same_address_twice_replaces_the_first():
    nav.add(nav.Entry(label="Find", url_name="web:search", icon="search", order=1))
    assert [link.label for link in nav.entries_for(Somebody())] == ["Find"]


def test_an_address_that_does_not_exist_is_named_by_check_and_left_out():
    nav.add(nav.Entry(label="Nowhere", url_name="no:where", icon="x"))
    assert [link.label for link in nav.entries_for(Somebody())] == ["Search"]
    assert [trouble.id for trouble in nav.every_entry_leads_somewhere()] == ["web.E001"]


def test_search_asks_every_provider_and_adds_places(monkeypatch):
    monkeypatch.setattr(search, "_providers", [])
    search.add(lambda actor, text: [search.Hit("Meera Nair", "/patients/1", icon="user", group="Patients")])
    found = search.find(Somebody(), "sea")
    assert [(group, [hit.title for hit in hits]) for group, hits in found] == [
        ("Patients", ["Meera Nair"]),
        ("Go to", ["Search"]),
    ]


def test_without_words_no_provider_is_asked(monkeypatch):
    def must_not(actor, text):
        raise AssertionError("asked without words")

    monkeypatch.setattr(search, "_providers", [must_not])
    assert [group for group, _ in search.find(Somebody(), "  ")] == ["Go to"]


def test_a_place_holds_the_addresses_that_stand_under_it_too():
    nav.add(nav.Entry(label="Search", url_name="web:search", icon="search", order=20, also=("/found",)))
    links = nav.entries_for(Somebody(), path="/found/one")
    assert [(link.label, link.is_current) for link in links] == [("Search", True)]
