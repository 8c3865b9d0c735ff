"""Dependencies point one way: handler -> use case -> domain; stores and gateways are known to handlers only."""

from collections.abc import Iterable, Iterator

from tests.rules.architecture.source import Module, Sources

_SHARED = ("orderflow.runtime", "orderflow.contract")
# What only an adapter may touch: AWS's libraries and what the runtime builds on them.
_AWS = (
    "boto3",
    "botocore",
    "orderflow.runtime.aws",
    "orderflow.runtime.dynamo",
    "orderflow.runtime.idempotency.record_store",
    "orderflow.runtime.batch",
    "orderflow.runtime.scan",
)
_OBSERVABILITY = ("aws_lambda_powertools", "aws_xray_sdk", "orderflow.runtime.observability")
# What reads whole tables: for audits, which no function of the shop runs.
_SCAN = "orderflow.runtime.scan"
# What only the doors of functions may touch.
_DOORS = (
    "orderflow.runtime.api",
    "orderflow.runtime.authorizer",
    "orderflow.runtime.step",
    "orderflow.runtime.notification",
    "orderflow.runtime.schedule",
)


def wrong_imports(sources: Sources) -> Iterator[str]:
    """Imports against the one direction, and libraries in rooms that must not know them."""
    adapters = {name for name, module in sources.items() if _is_context(module) and _touches(module, _AWS)}
    for module in sources.values():
        for imported in _own(module.imports, sources):
            if reason := _refusal(module, sources[imported], adapters, sources):
                yield f"{module.name} imports {imported}: {reason}"
        if module.room == "orderflow.contract":
            continue
        if module.name.startswith("handlers.") and (found := _touched(module, ("boto3", "botocore"))):
            yield f"{module.name} imports {found}: a handler parses, calls one use case and shapes the answer"
        if _is_context(module) and (found := _touched(module, _OBSERVABILITY)):
            yield f"{module.name} imports {found}: use cases and domain know no Powertools, handlers log"
        if _touches(module, (_SCAN,)) and not module.name.endswith(".audit_store"):
            yield f"{module.name} imports {_SCAN}: only an audit reads whole tables"
        if module.name.startswith("handlers.") and (found := _audit_store(module)):
            yield f"{module.name} imports {found}: no function reads whole tables, an index answers its questions"
        if _is_context(module) and (found := _touched(module, _DOORS)):
            yield f"{module.name} imports {found}: the doors of functions belong to handlers"


def _refusal(importer: Module, imported: Module, adapters: set[str], sources: Sources) -> str | None:
    if is_handler(imported, sources) or (
        imported.name.startswith("handlers.") and not importer.name.startswith("handlers.")
    ):
        return "nothing depends on a handler"
    if importer.name.startswith("handlers") or importer.room == imported.room:
        if _is_context(importer) and importer.name not in adapters and imported.name in adapters:
            return "use cases and domain name a port, the handler hands them the adapter"
        return None
    if importer.room in _SHARED and imported.room not in _SHARED and imported.room != "orderflow":
        return "what all contexts share knows none of them"
    if importer.room == "orderflow.contract" and imported.name != "orderflow.runtime.errors":
        return "the contract knows errors only"
    if _is_context(importer) and imported.name in adapters:
        return "contexts talk through the other's use cases, never through the other's store"
    return None


def is_handler(module: Module, sources: Sources) -> bool:
    """Tell whether it is `handlers.<context>.<operation>`; what handlers share are packages, and what these hold."""
    is_package = any(name.startswith(f"{module.name}.") for name in sources)
    return module.name.startswith("handlers.") and module.name.count(".") == 2 and not is_package


def _is_context(module: Module) -> bool:
    return module.name.startswith("orderflow.") and module.room not in _SHARED


def _own(imports: Iterable[str], sources: Sources) -> Iterator[str]:
    yield from sorted({name for name in imports if name in sources and name not in ("orderflow", "handlers")})


def _audit_store(module: Module) -> str | None:
    return next((imported for imported in module.imports if imported.endswith(".audit_store")), None)


def _touches(module: Module, libraries: tuple[str, ...]) -> bool:
    return _touched(module, libraries) is not None


def _touched(module: Module, libraries: tuple[str, ...]) -> str | None:
    for imported in module.imports:
        for library in libraries:
            if imported == library or imported.startswith(f"{library}."):
                return library
    return None
