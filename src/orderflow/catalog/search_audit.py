"""The audit of the index of words: every product on sale is found by its name's words, and by nothing else."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from orderflow.catalog.maintenance import ProductFinder
from orderflow.catalog.product import Product
from orderflow.catalog.search_words import WordEntry, entries_of
from orderflow.runtime.audit import Finding, Page

_LOOKS = 3  # a product that is changed all the time is another one at each look


class WordAudit(ProductFinder, Protocol):
    """Products and words, read whole and page by page, and corrected: for audits only."""

    def product_pages(self) -> Iterator[Page[Product]]:
        """Return every product, withdrawn ones included."""
        ...

    def entry_pages(self) -> Iterator[Page[WordEntry]]:
        """Return every entry of the index."""
        ...

    def correct(self, product_id: str, product: Product | None, there: Sequence[WordEntry]) -> bool:
        """Replace the entries that are there by those of the product; False when it is no longer as it was read."""
        ...


@dataclass(frozen=True)
class Misfit:
    """A product whose entries are not those of its name; not `certain`: it changed at each look.

    `product` is None for entries of one that is not there.
    """

    product_id: str
    product: Product | None = None
    there: tuple[WordEntry, ...] = ()
    certain: bool = True

    @property
    def missing(self) -> list[str]:
        """The stems by which the product should be found and is not, or not as it is now."""
        return sorted(entry.stem for entry in entries_of(self.product) - set(self.there))

    @property
    def left_over(self) -> list[str]:
        """The stems of entries that the product does not have any more, or not so."""
        return sorted(entry.stem for entry in set(self.there) - entries_of(self.product))


@dataclass
class WordCheck:
    """Compares index and products, and makes the index follow; memory grows with the products, not with their words.

    The last look could not read the rows `unreadable`, and read `examined` products.
    """

    audit: WordAudit
    unreadable: list[Finding] = field(default_factory=list)
    examined: int = 0

    def misfits(self) -> list[Misfit]:
        """Return every product that is not found by what its name says; changes nothing."""
        found: list[Misfit] = []
        suspects = self._suspects()
        for _ in range(_LOOKS):
            if not suspects:
                return found
            # A product is written with its words: one that is the same before and after proves what was read between.
            before = {product_id: self.audit.find(product_id) for product_id in suspects}
            there = self._entries(suspects)
            for product_id in sorted(suspects):
                product = self.audit.find(product_id)
                if _version(product) != _version(before[product_id]):
                    continue
                suspects.discard(product_id)
                misfit = Misfit(product_id, product, tuple(there[product_id]))
                if misfit.missing or misfit.left_over:
                    found.append(misfit)
        return found + [Misfit(product_id, certain=False) for product_id in sorted(suspects)]

    def rebuild(self, misfits: Sequence[Misfit]) -> tuple[int, int]:
        """Correct what was found and return how many products that were, and how many changed meanwhile."""
        done = [
            misfit.certain and self.audit.correct(misfit.product_id, misfit.product, misfit.there) for misfit in misfits
        ]
        return done.count(True), done.count(False)

    def _suspects(self) -> set[str]:
        self.unreadable.clear()
        self.examined = 0
        sums: defaultdict[str, int] = defaultdict(int)
        for entries in self.audit.entry_pages():
            self.unreadable += entries.unreadable
            for entry in entries.records:
                sums[entry.product_id] += hash(entry)
        suspects = set(sums)
        for products in self.audit.product_pages():
            self.unreadable += products.unreadable
            self.examined += len(products.records)
            for product in products.records:
                if sums.get(product.product_id, 0) == sum(map(hash, entries_of(product))):
                    suspects.discard(product.product_id)
                else:
                    suspects.add(product.product_id)
        return suspects

    def _entries(self, suspects: set[str]) -> defaultdict[str, list[WordEntry]]:
        there: defaultdict[str, list[WordEntry]] = defaultdict(list)
        for page in self.audit.entry_pages():
            for entry in page.records:
                if entry.product_id in suspects:
                    there[entry.product_id].append(entry)
        return there


def _version(product: Product | None) -> int | None:
    return None if product is None else product.version
