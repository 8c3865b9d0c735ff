"""The index of words in memory, for a test to break."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from orderflow.catalog.product import Product
from orderflow.catalog.search_words import WordEntry, entries_of
from orderflow.runtime.audit import Finding, Page
from tests.support.catalog_fake import InMemoryCatalog


@dataclass
class InMemoryWords:
    """The audit of words over an InMemoryCatalog; `entries` is the index."""

    catalog: InMemoryCatalog
    entries: set[WordEntry] = field(default_factory=set)
    unreadable: list[Finding] = field(default_factory=list)

    def follow(self) -> None:
        """Make the index what the products say."""
        self.entries = set().union(*map(entries_of, self.catalog.products.values()))

    def find(self, product_id: str) -> Product | None:
        return self.catalog.find(product_id)

    def product_pages(self) -> Iterator[Page[Product]]:
        yield Page(list(self.catalog.products.values()), [])

    def entry_pages(self) -> Iterator[Page[WordEntry]]:
        yield Page(list(self.entries), list(self.unreadable))

    def correct(self, product_id: str, product: Product | None, there: Sequence[WordEntry]) -> bool:
        if self.catalog.find(product_id) != product:
            return False
        self.entries = (self.entries - set(there)) | entries_of(product)
        return True
