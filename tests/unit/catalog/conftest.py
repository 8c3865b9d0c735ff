"""The catalogue in memory."""

import pytest

from tests.support.catalog_fake import InMemoryCatalog, InMemoryReservations
from tests.support.catalog_world import CatalogWorld
from tests.support.frozen import FrozenClock


def in_memory(clock: FrozenClock) -> CatalogWorld:
    catalog = InMemoryCatalog()
    return CatalogWorld(*[catalog] * 6, InMemoryReservations(catalog), clock)


@pytest.fixture
def world(clock: FrozenClock) -> CatalogWorld:
    """Give an empty catalogue."""
    return in_memory(clock)
