"""What code may say: log events of the one enum, nothing printed; and settings read in the one place."""

import ast
from collections.abc import Iterator

from tests.rules.architecture.source import Sources

_LOG = "orderflow.runtime.observability"
_SETTINGS = "orderflow.runtime.settings"
_LEVELS = {"debug", "info", "warning", "warn", "error", "exception", "critical", "log"}


def wrong_speech(sources: Sources) -> Iterator[str]:
    """Prints, loggers beside ours, log lines whose event is not a member of LogEvent."""
    for module in sources.values():
        if module.name != _LOG and "logging" in module.imports:
            yield f"{module.name} imports logging: log events through {_LOG}"
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call):
                continue
            where = f"{module.name}:{node.lineno}"
            match node.func:
                case ast.Name(id="print"):
                    yield f"{where} prints: write a log event"
                case ast.Name(id="log") if not (node.args and _is_event(node.args[0])):
                    yield f"{where} logs something that is no member of LogEvent"
                case ast.Attribute(value=ast.Name(id="logger"), attr=level) if level in _LEVELS and module.name != _LOG:
                    yield f"{where} calls logger.{level}: write a log event"


def wrong_environment_reads(sources: Sources) -> Iterator[str]:
    """Reads of the environment outside orderflow.runtime.settings."""
    for module in sources.values():
        if module.name != _SETTINGS and {"os.environ", "os.getenv", "os"} & set(module.imports):
            yield f"{module.name} imports os: read settings through {_SETTINGS}"


def unused_events(sources: Sources) -> Iterator[str]:
    """Members of LogEvent that nothing ever logs."""
    tree = sources[_LOG].tree
    enum = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "LogEvent")
    declared = {target.id for node in enum.body if isinstance(node, ast.Assign) for target in node.targets}
    used = {node.attr for module in sources.values() for node in ast.walk(module.tree) if _is_member(node)}
    yield from (f"LogEvent.{name} is never logged: delete it" for name in sorted(declared - used))


def _is_event(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return _is_event(node.body) and _is_event(node.orelse)
    return _is_member(node)


def _is_member(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "LogEvent"


def scans(sources: Sources) -> Iterator[str]:
    """Calls of DynamoDB's Scan outside the one place that audits use."""
    for module in sources.values():
        for node in ast.walk(module.tree):
            match node:
                case ast.Call(func=ast.Attribute(attr="scan")) if module.name != "orderflow.runtime.scan":
                    yield f"{module.name}:{node.lineno} scans a table: a Query on an index answers a request"
                case ast.Call(args=[ast.Constant(value="scan"), *_]):
                    yield f"{module.name}:{node.lineno} paginates a scan: a Query on an index answers a request"
