"""Who may call what: docs/authorization.md as data, and the one request that shows each of its rows.

`python -m tests.support.authorization` puts the routes of the OpenAPI document that have no row yet into the table.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from tests.support.contract_document import ROOT, Operation, document, operations
from tools.terminal import out

PAGE = ROOT / "docs" / "authorization.md"
_BEGIN, _END = "<!-- table -->", "<!-- end of table -->"
UNKNOWN = "?"
CELL = re.compile(r"[1-5]\d\d( ([A-Z_]+|[a-z_]+))?")

# Whoever sends the request; docs/authorization.md says who they are, tests/e2e/test_authorization.py makes them.
REFUSED = ("no token", "garbage", "forged", "expired", "access token")
PEOPLE = ("other customer", "owner", "admin")
MACHINES = ("key", "key without scope") if "clientKey" in document()["components"]["securitySchemes"] else ()
IDENTITIES = (*REFUSED, *PEOPLE, *MACHINES)

# What a request names, by the name of the id in path, query and body: objects of the owner, which the fixture `ids` of
# tests/e2e/test_authorization.py makes, and things that do not exist, where finding one would change it.
OWNERS_IDS = ("orderId", "paymentId", "userId")
NOBODYS_IDS = {
    "productId": "NO-SUCH-PRODUCT",
    "feedbackId": f"fbk_{'0' * 32}",
    "keyId": "01JFR0ZEN00000000000000009",
    "checkoutSessionId": "cs_01JFR0ZEN00000000000000009",
    "endpointId": "01JFR0ZEN00000000000000009",
}

NOBODY = "401 NOT_AUTHENTICATED"
NOT_ALLOWED = "403 FORBIDDEN"
NOT_IN_SCOPE = "403 INSUFFICIENT_SCOPE"
ADMIN_ONLY = "(group admin)"

# Where an identity that is let in would change something, the request is made so that it changes nothing:
# operationId -> what stands in the path or at the top of the body instead of the usual.
HARMLESS: dict[str, dict[str, Any]] = {
    "registerCustomer": {"password": "short"},
    "createUser": {"name": ""},
    "updateUser": {"version": 999},
    "updateOrder": {"version": 999},
    "deleteUser": {"userId": "4f1c2d3e-0000-4000-8000-1234567890ab"},  # nobody
    "getProduct": {"productId": "ITEM001"},
    "getStock": {"productId": "ITEM001"},
    "createProduct": {"productId": "ITEM001"},  # it exists
    "createClientKey": {"expiresAt": "2020-01-01T00:00:00Z"},
    "createWebhookEndpoint": {"url": "https://10.0.0.1/"},
    "delegatePayment": {"extra": True},
    "createCheckoutSession": {"line_items": [{"id": "NO-SUCH-PRODUCT"}]},
    "placeOrder": {"items": [{"productId": "NO-SUCH-PRODUCT", "quantity": 1}]},
}
_HEADERS = {"Idempotency-Key": lambda: uuid4().hex, "Stripe-Signature": lambda: "t=1,v1=00"}


@dataclass(frozen=True)
class Request:
    """What is sent; `path` is complete, with its query."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)


def operation_of(route: str) -> Operation | None:
    """Return the operation that a row is about: `GET /orders?userId={userId}` is one of `GET /orders`."""
    name = route.partition("?")[0]
    return next((operation for operation in operations() if operation.name == name), None)


def request_for(route: str, ids: Mapping[str, str], *, harmless: bool = True) -> Request:
    """Return the request of a row: the ids of objects in path, query and body, the rest from the document's example."""
    operation = operation_of(route)
    assert operation, f"{route} is not in the OpenAPI document"
    instead = HARMLESS.get(operation.facts["operationId"], {}) if harmless else {}
    words = {**ids, **{name: value for name, value in instead.items() if isinstance(value, str)}}
    path = re.sub(r"\{(\w+)\}", lambda name: quote(words[name[1]], safe=""), route.partition(" ")[2])
    headers = {
        parameter["name"]: _HEADERS[parameter["name"]]()
        for parameter in operation.parameters()
        if parameter["in"] == "header" and parameter.get("required")
    }
    body = _example(operation)
    if body is not None:
        known = {name: value for name, value in {**ids, **instead}.items() if name in body or name in instead}
        body = {**body, **known}
    return Request(operation.method.upper(), path, body, headers)


def _example(operation: Operation) -> dict[str, Any] | None:
    if "requestBody" not in operation.facts:
        return None
    if operation.protocol:
        example: dict[str, Any] = operation.facts["requestBody"]["content"]["application/json"]["example"]
        return example
    return (
        {} if operation.signed_by else next(value for where, _, value in operation.examples() if where.endswith("body"))
    )


Table = dict[str, dict[str, str]]  # route -> identity -> "404 ORDER_NOT_FOUND"


def read_table(text: str) -> Table:
    """Return the rows of the page by route; `?` stands for a column that the page lacks, a cell too few is an error."""
    head, _, *rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")] for line in _parts(text)[1].split("\n") if line
    ]
    unknown = dict.fromkeys(IDENTITIES, UNKNOWN)
    return {row[0].strip("`"): unknown | dict(zip(head[1:], row[1:], strict=True)) for row in rows}


def as_row(route: str, cells: Mapping[str, str]) -> str:
    """Return a row as the page holds it."""
    return f"| `{route}` | {' | '.join(cells[identity] for identity in IDENTITIES)} |"


def with_table(text: str, table: Table) -> str:
    """Return the page with this table, its rows in the order of the document."""
    order = [operation.name for operation in operations()]
    rows = sorted(table, key=lambda route: (order.index(route.partition("?")[0]), "?" in route))
    before, _, after = _parts(text)
    lines = [
        f"| route | {' | '.join(IDENTITIES)} |",
        "|---" * (len(IDENTITIES) + 1) + "|",
        *(as_row(route, table[route]) for route in rows),
    ]
    return before + "\n".join(lines) + after


def _parts(text: str) -> tuple[str, str, str]:
    before, begin, rest = text.partition(f"{_BEGIN}\n")
    table, end, after = rest.partition(f"\n{_END}")
    assert begin, f"{PAGE.name} has lost its mark {_BEGIN}"
    assert end, f"{PAGE.name} has lost its mark {_END}"
    return before + begin, table, end + after


def proposed(operation: Operation) -> dict[str, str]:
    """Return what the document alone says about a route, and `?` where only the route itself can tell."""
    if operation.is_open:
        return dict.fromkeys(IDENTITIES, UNKNOWN)
    nobody = dict.fromkeys(IDENTITIES, refused(NOBODY, operation))
    if operation.is_for_machines:
        without = refused(NOT_IN_SCOPE, operation) if operation.facts["x-orderflow-scopes"] else UNKNOWN
        # The running system is a developer's: its checkout lets requests without a key pass.
        lenient = {"no token": UNKNOWN} if operation.protocol else {}
        return nobody | dict(zip(MACHINES, (UNKNOWN, without), strict=True)) | lenient
    customers = NOT_ALLOWED if is_admin_only(operation) else UNKNOWN
    return nobody | {"other customer": customers, "owner": customers, "admin": UNKNOWN}


def refused(cell: str, operation: Operation) -> str:
    """Return how an operation says a refusal; the checkout protocol's codes are in lower case."""
    status, _, code = cell.partition(" ")
    return f"{status} {code.lower()}" if operation.protocol else cell


def is_admin_only(operation: Operation) -> bool:
    """Tell whether the document promises the route to administrators alone."""
    return ADMIN_ONLY in operation.facts["summary"]


def missing_rows(table: Table) -> list[Operation]:
    """Return the operations that no row is about."""
    known = {route.partition("?")[0] for route in table}
    return [operation for operation in operations() if operation.name not in known]


def documented(operation: Operation) -> set[str]:
    """Return the statuses that the document promises."""
    return set(operation.responses())


def filled(table: Table) -> Table:
    """Return the table with a row for each route and a cell for each identity: what the document says, else `?`.

    An open route answers an identity that is new as it answers the others.
    """
    found = {}
    for operation in operations():
        routes = [route for route in table if route.partition("?")[0] == operation.name] or [operation.name]
        for route in routes:
            known = {who: cell for who, cell in table.get(route, {}).items() if cell != UNKNOWN}
            alike = dict.fromkeys(IDENTITIES, next(iter(known.values()), UNKNOWN)) if operation.is_open else {}
            found[route] = proposed(operation) | alike | known
    return found


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    table = filled(read_table(text))
    PAGE.write_text(with_table(text, table), encoding="utf-8")
    open_ones = {route: cells for route, cells in table.items() if UNKNOWN in cells.values()}
    for route, cells in open_ones.items():
        out.print(as_row(route, cells), soft_wrap=True)
    out.print(
        f"In {len(open_ones)} rows of {PAGE.relative_to(ROOT)} only you can say what stands where `{UNKNOWN}` is."
    )


if __name__ == "__main__":
    main()
