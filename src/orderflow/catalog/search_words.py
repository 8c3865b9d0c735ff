"""The words of names, and the stems by which a name is found: `head` finds `Wireless Headphones`.

A stem is the beginning of a word, of one of a few lengths. What is looked for is looked up by the longest stem that it
begins with, so a short word is found as surely as a long one.
"""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from orderflow.catalog.product import Product, ProductStatus, name_key

STEM_LENGTHS = (1, 2, 3, 5)
# A change of a name takes away as many rows as it adds, beside the product and the entry in the audit trail, and one
# transaction writes 100 (docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html): 12 long words.
MAX_STEMS = 48


@dataclass(frozen=True)
class WordEntry:
    """One stem under which a product on sale is found, with all its searchable words and what lists are sorted by."""

    stem: str
    product_id: str
    words: tuple[str, ...]
    name_key: str
    price: int
    category: str


def words_of(text: str) -> tuple[str, ...]:
    """Return the different words of a text in their order: letters and digits, without case and accents."""
    # What casefold makes of a letter may have to be taken apart again: it gives İ a dot of its own.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = (each for each in decomposed if not unicodedata.combining(each))
    # Vowel signs of Indic scripts are marks (M), not letters.
    spaced = "".join(each if unicodedata.category(each)[0] in "LNM" else " " for each in plain)
    return tuple(dict.fromkeys(spaced.split()))


def stem_of(word: str) -> str:
    """Return the longest stem that a word begins with."""
    return word[: max(length for length in STEM_LENGTHS if length <= len(word))]


def searchable(name: str) -> tuple[str, ...]:
    """Return the words by which a name is found: the first ones, as many as have room for their stems."""
    words, stems = words_of(name), set[str]()
    for count, word in enumerate(words):
        stems |= _stems(word)
        if len(stems) > MAX_STEMS:
            return words[:count]
    return words


def is_found(name: str, wanted: Sequence[str]) -> bool:
    """Tell whether each of the wanted words begins a word of the name; nothing is found by no word."""
    words = searchable(name)
    return bool(wanted) and all(any(word.startswith(each) for word in words) for each in wanted)


def entries_of(product: Product | None) -> frozenset[WordEntry]:
    """Return every entry by which a product is found: none of one that is not on sale."""
    if product is None or product.status is not ProductStatus.ACTIVE:
        return frozenset()
    facts, words = product.facts, searchable(product.facts.name)
    return frozenset(
        WordEntry(stem, product.product_id, words, name_key(facts.name), facts.price, facts.category)
        for stem in _all_stems(words)
    )


def _all_stems(words: Collection[str]) -> set[str]:
    return set[str]().union(*map(_stems, words))


def _stems(word: str) -> set[str]:
    return {word[:length] for length in STEM_LENGTHS if length <= len(word)}
