"""Every write that the code and the workflows make, read out of the files: the list that the crash matrix must cover.

A write is a call of an AWS operation that changes something, a call of the payment provider, a webhook that is sent to
an agent, or a Task of a machine that changes something by itself. It is named by where it stands, and by the function
of that file that was called.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import botocore.session
from botocore import xform_name

from tests.rules.workflows.error_rules import step_of
from tests.rules.workflows.machine import MACHINE_FILES, ROOT, Machine

SOURCE = ROOT / "src"
# All of their functions; of the others, those that a machine calls.
CONTEXTS = ("analytics", "checkout", "feedback", "orders", "payments")
# Functions that are no part of an order's way: they act on what the provider tells, again when it tells it again.
ELSEWHERE = {"receive_stripe_event": "tests/unit/payments/test_provider_events.py"}
_OURS = ("handlers", "orderflow")
_POST = "self.post"  # how webhooks are sent
_SERVICES = ("dynamodb", "sqs", "sns", "stepfunctions", "s3", "events", "scheduler", "cloudwatch")
_READS = re.compile(
    r"(get|list|look|describe|query|scan|batch_get|head|receive|transact_get|select|test|validate|can|encrypt|decrypt)(_|$)"
)
_WRITING_TASK = re.compile(r"arn:aws:states:::(?!lambda:|dynamodb:getItem)")


@dataclass(frozen=True, order=True)
class Effect:
    """One write: `place` is file:line or machine:state, `entry` the function by which its file is entered."""

    place: str
    entry: str

    def __str__(self) -> str:
        return f"{self.place} ({self.entry})"


def is_write(operation: str) -> bool:
    """Tell whether an operation of boto3 (`put_item`) or of AWS (`PutItem`) changes anything."""
    return not _READS.match(xform_name(operation))


def task_effect(machine: str, state: str) -> Effect:
    """Return the effect of a Task that writes by itself."""
    return Effect(f"workflows/{machine}.asl.json:{state}", "the workflow")


def writes_by_itself(resource: str) -> bool:
    """Tell whether a Task with this resource changes something without a function of ours."""
    return bool(_WRITING_TASK.match(resource))


@cache
def all_effects() -> frozenset[Effect]:
    """Return every write of the functions in scope and of every machine."""
    found = set()
    for path in sorted(reachable_modules()):
        found |= set(effects_in(path))
    for machine in map(Machine.read, MACHINE_FILES):
        for name, task in machine.tasks.items():
            if writes_by_itself(task["Resource"]):
                found.add(task_effect(machine.name, name))
    return frozenset(found)


def handlers_in_scope() -> list[Path]:
    """Return the handlers whose writes are covered: those of CONTEXTS, and those that a machine calls."""
    called = {step_of(task) for path in MACHINE_FILES for task in Machine.read(path).tasks.values()}
    handlers = sorted((SOURCE / "handlers").glob("*/*.py"))
    in_scope = (path for path in handlers if path.parent.name in CONTEXTS or path.stem in called)
    return [path for path in in_scope if path.stem not in ELSEWHERE]


def reachable_modules() -> set[Path]:
    """Return the modules of orderflow that the handlers in scope import, in any depth, themselves or by their door."""
    found: set[Path] = set()
    queue = handlers_in_scope()
    while queue:
        for node in ast.walk(_tree(queue.pop())):
            modules = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            modules += [f"{module}.{alias.name}" for module in modules for alias in node.names]  # type: ignore[attr-defined]  # `modules` says that it is an ImportFrom
            for module in modules:
                path = _file_of(module)
                if path and path not in found:
                    found.add(path)
                    queue.append(path)
    return found


def _file_of(module: str) -> Path | None:
    """Return the file of a module of ours, None for any other and for what is a name in one."""
    path = SOURCE / module.replace(".", "/")
    files = (path.with_suffix(".py"), path / "__init__.py")
    return next((file for file in files if file.exists()), None) if module.split(".")[0] in _OURS else None


def effects_in(path: Path) -> Iterator[Effect]:
    """Yield the writes of one module, once for each function that leads to them from outside the module."""
    functions = list(_functions(_tree(path)))
    for function in functions:
        for line in function.writes:
            for entry in _entries(function, functions):
                yield Effect(f"{_short(path)}:{line}", entry)


def effect_at(path: Path, line: int, entry: str) -> Effect | None:
    """Return the effect whose call stands at that line of a running frame, None when the list does not have it."""
    for function in _functions(_tree(path)):
        for first, last in function.writes.items():
            if first <= line <= last:
                return Effect(f"{_short(path)}:{first}", entry)
    return None


@dataclass
class _Function:
    qualified: str
    calls: set[str]
    writes: dict[int, int] = field(default_factory=dict)  # first line of the call to its last

    family: frozenset[str] = frozenset()  # its class and those it inherits from, as far as this file has them

    @property
    def name(self) -> str:
        return self.qualified.rpartition(".")[2]

    @property
    def owner(self) -> str:
        return self.qualified.rpartition(".")[0]

    def reaches(self, other: "_Function") -> bool:
        return other.name in self.calls and (not other.owner or other.owner in self.family)


@cache
def _functions(tree: ast.Module) -> tuple[_Function, ...]:
    found = []
    for holder, prefix in [(tree, ""), *((n, f"{n.name}.") for n in tree.body if isinstance(n, ast.ClassDef))]:
        for node in holder.body:
            if isinstance(node, ast.FunctionDef):
                calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
                writes = {call.lineno: call.end_lineno or call.lineno for call in calls if _writes(call)}
                called = {_called(call) for call in calls}
                found.append(_Function(f"{prefix}{node.name}", called, writes, _family(holder, tree)))
    return tuple(found)


def _entries(function: _Function, functions: list[_Function], below: frozenset[str] = frozenset()) -> set[str]:
    """Return the functions by which a module is entered on the way to this one."""
    below |= {function.qualified}
    callers = [each for each in functions if each.reaches(function) and each.qualified not in below]
    if not callers:
        return {function.qualified}
    beyond = {entry for caller in callers for entry in _entries(caller, functions, below)}
    return beyond | (set() if function.name.startswith("_") else {function.qualified})


def _family(holder: ast.AST, tree: ast.Module) -> frozenset[str]:
    if not isinstance(holder, ast.ClassDef):
        return frozenset()
    bases = {ast.unparse(base) for base in holder.bases}
    inherited = (_family(each, tree) for each in tree.body if isinstance(each, ast.ClassDef) and each.name in bases)
    return frozenset({holder.name}).union(*inherited)


def _writes(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    target = ast.unparse(call.func.value).rpartition(".")[2]
    of_aws = target.endswith("client") and call.func.attr in _operations()
    of_ours = ast.unparse(call.func) == _POST
    return of_aws or of_ours or (target.endswith("provider") and call.func.attr in _provider_calls())


def _called(call: ast.Call) -> str:
    """Return the function beside it that is called, itself or as a method of the same object."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr if ast.unparse(call.func.value) in ("self", "cls", "super()") else ""
    return getattr(call.func, "id", "")


@cache
def _operations() -> frozenset[str]:
    session = botocore.session.get_session()
    named = (name for service in _SERVICES for name in session.get_service_model(service).operation_names)
    return frozenset(xform_name(name) for name in named if is_write(name))


@cache
def _provider_calls() -> frozenset[str]:
    tree = _tree(SOURCE / "orderflow" / "payments" / "provider.py")
    ports = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "PaymentProvider")
    calls = (node.name for port in ports for node in port.body if isinstance(node, ast.FunctionDef))
    return frozenset(name for name in calls if is_write(name))


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
