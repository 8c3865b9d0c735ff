"""Every place of the OpenAPI document where a caller may name something: what must not open on what is another's."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.support.contract_document import Operation, operations, parts, request_schemas

# Ids of what belongs to one customer. tests/e2e/test_ownership.py makes one of each, and one that nobody has.
OWNED = ("orderId", "paymentId", "userId", "feedbackId")
# Ids of what belongs to no customer, and why nobody is harmed who knows one.
SHARED = {
    "clientId": "the key of a machine: only administrators name one",
    "endpointId": "where a machine is told of its orders: only administrators name one",
    "checkoutSessionId": "a machine's: nobody else's key opens it (tests/integration/checkout), and no person's token",
    "keyId": "keys of machines are the shop's: only administrators name one",
    "productId": "the catalogue is public; only administrators change it",
    "shipmentId": "a part of an order: only administrators name one, together with the order's id",
}


@dataclass(frozen=True)
class PagedList:
    """Where a list is, where another list is, what a stranger with its token is answered, and who sees what in it.

    `query` is the filter that it needs at least.
    """

    path: str
    another: str
    refused: int = 400
    public: bool = False
    for_admins: bool = False
    query: str = ""


# operationId -> the list. tests/e2e/test_ownership.py sees to it that each has more than one item.
LISTS = {
    "listOrders": PagedList("/orders", "/orders?status=CONFIRMED"),
    "listAuditEntries": PagedList("/users/{userId}/audit", "/orders", refused=404),
    "listUsers": PagedList("/users", "/users?email=nobody", refused=403, for_admins=True),
    "listFeedback": PagedList("/feedback", "/feedback?productId=ITEM002", query="productId=test_1"),
    "listClientKeys": PagedList("/client-keys", "/users", refused=403, for_admins=True),
    "listWebhookEndpoints": PagedList("/webhook_endpoints", "/users", refused=403, for_admins=True),
    "listProducts": PagedList("/products", "/products?sort=-price", refused=200, public=True),
}


@dataclass(frozen=True)
class Door:
    """One place of one operation that takes an id: in its path, its query or at the top of its body."""

    operation: Operation
    place: str
    name: str

    @property
    def title(self) -> str:
        return f"{self.operation.name} {self.place} {self.name}"


def named_ids() -> Iterator[Door]:
    """Yield every place that takes an id, by the ending of its name."""
    for operation in operations():
        for place, names in (("path", _parameters(operation, "path")), ("query", _parameters(operation, "query"))):
            yield from (Door(operation, place, name) for name in names if _is_id(name))
        if operation.body:
            schema = request_schemas()[operation.body]
            inner = {name for _, part in parts(schema, "body") for name in part.get("properties", {})}
            yield from (Door(operation, "body", name) for name in sorted(inner) if _is_id(name))


def doors() -> list[Door]:
    """Return the places that take the id of something owned."""
    return [door for door in named_ids() if door.name in OWNED]


def own_pages() -> list[str]:
    """Return the paths that a person can read without naming anything."""
    return [
        operation.path
        for operation in operations()
        if operation.method == "get"
        and not operation.is_open
        and not operation.is_for_machines
        and not any(each.query for each in LISTS.values() if each.path == operation.path)
        and not any(each["in"] in ("path", "query") and each.get("required") for each in operation.parameters())
    ]


def paged() -> list[Operation]:
    """Return the operations that give a list page by page."""
    return [operation for operation in operations() if "nextToken" in _parameters(operation, "query")]


def _is_id(name: str) -> bool:
    return name.endswith(("Id", "Ids"))


def _parameters(operation: Operation, place: str) -> list[str]:
    return [each["name"] for each in operation.parameters() if each["in"] == place]
