"""Machines as an administrator lets them in."""

from uuid import uuid4

from tests.e2e.shop import Shop
from tests.support.contract_document import schemas


def machine_keys(admin: Shop) -> tuple[str, str]:
    """Return what two machines send as Authorization: a key with every scope there is, and one with none."""
    scopes = schemas()["Scope"]["enum"]
    answers = [admin.post("/client-keys", {"name": f"e2e {uuid4().hex}", "scopes": each}) for each in (scopes, [])]
    assert [answer.status_code for answer in answers] == [201, 201], [answer.status_code for answer in answers]
    every, none = (f"Bearer {answer.json()['key']}" for answer in answers)
    return every, none
