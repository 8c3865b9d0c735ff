"""DynamoDB tables for tests, with the schemas that Terraform declares: nothing about a table is retyped here."""

from functools import cache
from pathlib import Path
from typing import Any

import hcl2

MODULES = Path(__file__).parents[2] / "modules"


@cache
def table_schemas() -> dict[str, dict[str, Any]]:
    """Return CreateTable arguments by the table's short name (`products`, `orders` ...), read from modules/*/*.tf."""
    schemas = {}
    for path in sorted(MODULES.glob("*/*.tf")):
        with path.open() as file:
            blocks = _unquoted(hcl2.load(file)).get("module", [])
        for block in blocks:
            (arguments,) = block.values()
            if arguments["source"] == "../dynamodb_table":
                schemas[_short_name(arguments["name"])] = _create_table_arguments(arguments)
    return schemas


def create_tables(client: Any, prefix: str, *names: str, streams: bool = False) -> dict[str, str]:
    """Create the tables `names` on the endpoint behind `client`; return their full names by short name.

    Streams are left out unless asked for: moto keeps every image of them.
    """
    created = {}
    for name in names:
        schema = dict(table_schemas()[name])
        expires_at = schema.pop("ExpiresAt")
        view = schema.pop("StreamView")
        if view and streams:
            schema["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": view}
        created[name] = f"{prefix}-{name}"
        client.create_table(TableName=created[name], BillingMode="PAY_PER_REQUEST", **schema)
        if expires_at:
            client.update_time_to_live(
                TableName=created[name],
                TimeToLiveSpecification={"AttributeName": expires_at, "Enabled": True},
            )
    return created


def _create_table_arguments(arguments: dict[str, Any]) -> dict[str, Any]:
    table_keys = _key_pair(arguments)
    declared = arguments.get("indexes", {})
    indexes = {name: _key_pair(index) for name, index in declared.items()}
    types = {key["name"]: key["type"] for keys in (table_keys, *indexes.values()) for key in keys}
    schema: dict[str, Any] = {
        "KeySchema": _key_schema(table_keys),
        "AttributeDefinitions": [{"AttributeName": n, "AttributeType": t} for n, t in sorted(types.items())],
        "ExpiresAt": arguments.get("expires_at_attribute"),
        "StreamView": arguments.get("stream_view"),
    }
    if indexes:
        schema["GlobalSecondaryIndexes"] = [
            {
                "IndexName": name,
                "KeySchema": _key_schema(keys),
                "Projection": {"ProjectionType": declared[name].get("projection", "ALL")},
            }
            for name, keys in indexes.items()
        ]
    return schema


def _key_pair(holder: dict[str, Any]) -> list[dict[str, str]]:
    return [holder["partition_key"], *([holder["sort_key"]] if holder.get("sort_key") else [])]


def _key_schema(keys: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{"AttributeName": key["name"], "KeyType": role} for key, role in zip(keys, ("HASH", "RANGE"), strict=False)]


def _short_name(name: str) -> str:
    # "${var.platform.name_prefix}-products" -> "products"
    return name.rpartition("}")[2].lstrip("-")


def _unquoted(value: Any) -> Any:
    """Return the parsed HCL without the quotes that python-hcl2 keeps around strings and block labels."""
    if isinstance(value, str):
        return value.strip('"')
    if isinstance(value, list):
        return [_unquoted(inner) for inner in value]
    if isinstance(value, dict):
        return {_unquoted(key): _unquoted(inner) for key, inner in value.items()}
    return value
