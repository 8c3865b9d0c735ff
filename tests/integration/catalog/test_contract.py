"""The DynamoDB stores keep the contract of the catalogue's stores."""

from tests.support import catalog_contract as contract


class TestReservations(contract.ReservationContract): ...


class TestStockMoves(contract.StockMoveContract): ...


class TestStock(contract.StockContract): ...


class TestProducts(contract.ProductContract): ...


class TestImages(contract.ImageContract): ...


class TestListing(contract.ListingContract): ...
