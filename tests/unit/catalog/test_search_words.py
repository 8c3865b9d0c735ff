"""Which words a name has, and by which stems it is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.catalog.search_words import MAX_STEMS, entries_of, is_found, searchable, stem_of, words_of
from tests.support.catalog_world import CatalogWorld


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("USB-C Cable, 2 m", ("usb", "c", "cable", "2", "m")),
        ("Crème BRÛLÉE  crème", ("creme", "brulee")),
        ("Straße \N{LATIN SMALL LIGATURE FI}x", ("strasse", "fix")),
        ("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}STANBUL", ("istanbul",)),
        ("किताब", ("किताब",)),
        ("Blåbær", ("blabær",)),
        ("%_ -", ()),
    ],
)
def test_words_are_letters_and_digits_without_case_and_accents_each_once(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("word", "stem"),
    [("h", "h"), ("he", "he"), ("hea", "hea"), ("head", "hea"), ("headp", "headp"), ("headset", "heads")],
)
def test_a_word_is_looked_up_by_the_longest_stem_that_it_begins_with(word: str, stem: str) -> None:
    assert stem_of(word) == stem


def test_every_beginning_of_a_word_is_found_under_its_stem(world: CatalogWorld) -> None:
    product = world.product("A", name="Wireless headphones")
    stems = {entry.stem for entry in entries_of(product)}
    assert stems == {"w", "wi", "wir", "wirel", "h", "he", "hea", "headp"}
    assert {stem_of("headphones"[:length]) for length in range(1, 11)} <= stems


def test_the_first_words_that_have_room_are_found_and_the_others_not() -> None:
    name = " ".join(f"{letter}word" for letter in "abcdefghijklmnop")
    assert searchable(name) == tuple(f"{letter}word" for letter in "abcdefghijkl")
    assert is_found(name, ["lword"])
    assert not is_found(name, ["mword"])


def test_no_word_finds_nothing() -> None:
    assert not is_found("Mug", [])


@given(st.text(max_size=150), st.data())
def test_a_name_is_found_by_the_beginning_of_any_of_its_words_and_has_few_enough_stems(
    name: str, data: st.DataObject
) -> None:
    words = searchable(name)
    stems = {stem_of(word[:length]) for word in words for length in range(1, len(word) + 1)}
    assert len(stems) <= MAX_STEMS
    if words:
        word = data.draw(st.sampled_from(words))
        assert is_found(name, [word[: data.draw(st.integers(1, len(word)))]])
