"""Every `$.x` that a state reads is certainly written before, whatever way the execution came.

An abstract execution: each state gets the shape of data that all ways into it have in common.
"""

import re
from collections.abc import Iterator
from typing import Any

from tests.rules.workflows.machine import Machine

# Shapes: ANY (whatever a service answered), LEAF (a plain value), or a dict of key to shape.
ANY, LEAF = "any", "leaf"
Shape = str | dict[str, Any]

CONTEXT = {
    "$$.Execution.Id",
    "$$.Execution.Name",
    "$$.Execution.StartTime",
    "$$.State.EnteredTime",
    "$$.State.Name",
    "$$.State.RetryCount",
    "$$.StateMachine.Id",
    "$$.StateMachine.Name",
    "$$.Task.Token",
    "$$.Map.Item.Index",
    "$$.Map.Item.Value",
}
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'")
_PATH = re.compile(r"\${1,2}(?:\.\w+|\[\d+\])*")
_WHOLE_STATE_FIELDS = ("InputPath", "OutputPath")


def unfilled_paths(machine: Machine, workflow_input: dict[str, Any]) -> Iterator[str]:
    """A path that some way into its state leaves unwritten, or a context field that does not exist."""
    scope = machine.definition
    known: dict[str, Shape] = {scope["StartAt"]: _shape_of_value(workflow_input)}
    queue, findings = [scope["StartAt"]], {}
    while queue:
        name = queue.pop()
        findings[name] = []
        for target, shape in _outcomes(name, scope["States"][name], known[name], findings[name]):
            merged = _common(known[target], shape) if target in known else shape
            if target in scope["States"] and merged != known.get(target):
                known[target] = merged
                queue.append(target)
    for name in scope["States"]:
        yield from sorted(set(findings.get(name, [])))


def _outcomes(name: str, state: dict[str, Any], data: Shape, findings: list[str]) -> Iterator[tuple[str, Shape]]:
    for field in _WHOLE_STATE_FIELDS:
        if field in state:
            findings.append(f"{name} has {field}: the request stays whole, each result is filed under its own key")
    if state["Type"] == "Choice":
        for rule in state["Choices"]:
            _check_rule(name, rule, data, findings)
            yield rule["Next"], data
        if "Default" in state:
            yield state["Default"], data
        return
    for field in ("TimeoutSecondsPath", "HeartbeatSecondsPath"):
        if field in state:
            _read(name, state[field], data, findings)
    given = _template(name, state["Parameters"], data, findings) if "Parameters" in state else data
    if state["Type"] == "Pass":
        result = _shape_of_value(state["Result"]) if "Result" in state else given
    else:
        result = ANY
        if "ResultSelector" in state:
            result = _template(name, state["ResultSelector"], ANY, findings)
    if "Next" in state:
        yield state["Next"], _filed(data, state.get("ResultPath", "$"), result)
    for catcher in state.get("Catch", []):
        yield catcher["Next"], _filed(data, catcher.get("ResultPath", "$"), {"Error": LEAF, "Cause": LEAF})


def _template(name: str, template: Any, data: Shape, findings: list[str]) -> Shape:
    if isinstance(template, list):
        for inner in template:
            _template(name, inner, data, findings)
        return ANY
    if not isinstance(template, dict):
        return LEAF
    shape: dict[str, Any] = {}
    for key, value in template.items():
        if not key.endswith(".$"):
            shape[key] = _template(name, value, data, findings)
        elif value.startswith("States."):
            for path in _PATH.findall(_QUOTED.sub("", value)):
                _read(name, path, data, findings)
            shape[key[:-2]] = ANY if value.startswith("States.StringToJson") else LEAF
        else:
            shape[key[:-2]] = _read(name, value, data, findings)
    return shape


def _check_rule(
    name: str, rule: dict[str, Any], data: Shape, findings: list[str], present: frozenset[str] = frozenset()
) -> None:
    # Within an And, what an earlier rule found present may be read: Step Functions evaluates them in order.
    for inner in rule.get("And", []):
        _check_rule(name, inner, data, findings, present)
        if inner.get("IsPresent") is True:
            present |= {inner["Variable"]}
    for inner in [*rule.get("Or", []), *([rule["Not"]] if "Not" in rule else [])]:
        _check_rule(name, inner, data, findings, present)
    for key, value in rule.items():
        is_path = key == "Variable" or key.endswith("Path")
        if is_path and "IsPresent" not in rule and value not in present:
            _read(name, value, data, findings)


def _read(name: str, path: str, data: Shape, findings: list[str]) -> Shape:
    if path.startswith("$$"):
        if path not in CONTEXT:
            findings.append(f"{name} reads {path}, which the context object does not have")
        return LEAF
    for step in re.findall(r"\w+|\[\d+\]", path.removeprefix("$")):
        if data == ANY:
            return ANY
        if not isinstance(data, dict) or step not in data:
            findings.append(f"{name} reads {path}, which not every way into it writes")
            return ANY
        data = data[step]
    return data


def _filed(data: Shape, path: str | None, result: Shape) -> Shape:
    if path is None:
        return data
    if path == "$":
        return result
    keys = path.removeprefix("$.").split(".")
    return _with(data, keys, result)


def _with(data: Shape, keys: list[str], result: Shape) -> Shape:
    if not keys:
        return result
    fields = dict(data) if isinstance(data, dict) else {}
    fields[keys[0]] = _with(fields.get(keys[0], {}), keys[1:], result)
    return fields


def _common(one: Shape, other: Shape) -> Shape:
    if one == ANY or other == ANY:
        return other if one == ANY else one
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: _common(one[key], other[key]) for key in one.keys() & other.keys()}
    return LEAF


def _shape_of_value(value: Any) -> Shape:
    return {key: _shape_of_value(inner) for key, inner in value.items()} if isinstance(value, dict) else LEAF
