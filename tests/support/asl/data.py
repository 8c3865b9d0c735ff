"""Data in Amazon States Language's JSONPath: reference paths, payload templates, intrinsic functions, choice rules.

As far as our machines go; whatever they do not use is refused by name, never guessed.
https://states-language.net/spec.html
"""

import fnmatch
import json
import operator
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

_STEP = re.compile(r"\.(\w+)|\[(\d+)\]|\['([^']+)'\]")
_TOKEN = re.compile(
    r"\s*(?:(States\.\w+)\(|('(?:[^'\\]|\\.)*')|(-?\d+(?:\.\d+)?)|(true|false|null)|(\$[^,)\s]*)|([,)]))"
)


class DataError(Exception):
    """A path, template or rule cannot be evaluated: Step Functions ends such an execution with States.Runtime."""


def read(path: str, data: Any, context: Any) -> Any:
    """Return what a reference path names in the input, or in the context object for `$$`."""
    value, rest = (context, path[2:]) if path.startswith("$$") else (data, path[1:])
    position = 0
    while position < len(rest):
        step = _STEP.match(rest, position)
        if step is None:
            raise DataError(f"{path}: only names and numbers are read, not {rest[position:]!r}")
        position = step.end()
        try:
            value = value[int(step[2])] if step[2] else value[step[1] or step[3]]
        except (KeyError, IndexError, TypeError) as error:
            raise DataError(f"{path} is not there") from error
    return value


def filed(path: str | None, result: Any, data: Any) -> Any:
    """Return the input with a result written where ResultPath says; None throws the result away."""
    if path is None:
        return data
    keys = [key for step in _STEP.findall(path[1:]) for key in step if key]
    if not keys:
        return result
    whole = dict(data) if isinstance(data, dict) else {}
    holder = whole
    for key in keys[:-1]:
        inner = holder.get(key)
        holder[key] = dict(inner) if isinstance(inner, dict) else {}
        holder = holder[key]
    holder[keys[-1]] = result
    return whole


def filled(template: Any, data: Any, context: Any) -> Any:
    """Return a payload template (Parameters, ResultSelector) with its `.$` fields filled."""
    if isinstance(template, list):
        return [filled(inner, data, context) for inner in template]
    if not isinstance(template, dict):
        return template
    return {
        key[:-2] if key.endswith(".$") else key: evaluated(value, data, context)
        if key.endswith(".$")
        else filled(value, data, context)
        for key, value in template.items()
    }


def evaluated(expression: str, data: Any, context: Any) -> Any:
    """Return the value of a path or of an intrinsic function."""
    if not expression.startswith("States."):
        return read(expression, data, context)
    value, rest = _intrinsic(expression, data, context)
    if rest.strip():
        raise DataError(f"{expression}: {rest!r} is left over")
    return value


def _intrinsic(text: str, data: Any, context: Any) -> tuple[Any, str]:
    token = _TOKEN.match(text)
    if token is None:
        raise DataError(f"{text!r} is no argument of an intrinsic function")
    name, quoted, number, word, path, _ = token.groups()
    rest = text[token.end() :]
    if quoted is not None:
        return re.sub(r"\\(.)", r"\1", quoted[1:-1]), rest
    if number is not None:
        return json.loads(number), rest
    if word is not None:
        return json.loads(word), rest
    if path is not None:
        return read(path, data, context), rest
    if name not in _INTRINSICS:
        raise DataError(f"{name} is not known here: add it to {__name__}")
    arguments = []
    while not rest.lstrip().startswith(")"):
        value, rest = _intrinsic(rest.lstrip().removeprefix(","), data, context)
        arguments.append(value)
    return _INTRINSICS[name](*arguments), rest.lstrip()[1:]


def _format(template: str, *values: Any) -> str:
    shown = [value if isinstance(value, str) else json.dumps(value) for value in values]
    parts = template.split("{}")
    if len(parts) != len(shown) + 1:
        raise DataError(f"States.Format: {len(parts) - 1} places for {len(shown)} values")
    return "".join(part + value for part, value in zip(parts, [*shown, ""], strict=True))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError) as error:
        raise DataError(f"States.StringToJson: {text!r} is no JSON") from error


_INTRINSICS: dict[str, Callable[..., Any]] = {
    "States.Format": _format,
    "States.StringToJson": _parsed,
    "States.JsonToString": lambda value: json.dumps(value, separators=(",", ":")),
    "States.MathAdd": operator.add,
    "States.Array": lambda *values: list(values),
    "States.ArrayLength": len,
    "States.ArrayGetItem": operator.getitem,
    "States.StringSplit": lambda text, separators: [part for part in re.split(f"[{separators}]", text) if part],
    "States.JsonMerge": lambda one, other, _deep: {**one, **other},
}


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "GreaterThan": operator.gt,
    "LessThanEquals": operator.le,
    "GreaterThanEquals": operator.ge,
}
_KINDS: dict[str, tuple[type, ...]] = {"String": (str,), "Numeric": (int, float), "Boolean": (bool,)}


def holds(rule: dict[str, Any], data: Any, context: Any) -> bool:
    """Tell whether a choice rule holds; a Variable that is not there is an error, save for IsPresent."""
    if "And" in rule:
        return all(holds(inner, data, context) for inner in rule["And"])
    if "Or" in rule:
        return any(holds(inner, data, context) for inner in rule["Or"])
    if "Not" in rule:
        return not holds(rule["Not"], data, context)
    (test,) = set(rule) - {"Variable", "Next", "Comment"}
    expected = rule[test]
    try:
        value = read(rule["Variable"], data, context)
    except DataError:
        if test == "IsPresent":
            return expected is False
        raise
    if test.endswith("Path"):
        test, expected = test.removesuffix("Path"), read(expected, data, context)
    return _passes(test, value, expected)


def _passes(test: str, value: Any, expected: Any) -> bool:
    match test:
        case "IsPresent":
            return expected is True
        case "IsNull":
            return (value is None) is expected
        case "IsString" | "IsNumeric" | "IsBoolean":
            kinds = _KINDS[test.removeprefix("Is")]
            return (isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))) is expected
        case "StringMatches":
            return isinstance(value, str) and fnmatch.fnmatchcase(value, expected.replace("[", "[[]"))
    kind, comparison = re.fullmatch(r"(String|Numeric|Boolean|Timestamp)(\w+)", test).groups()  # type: ignore[union-attr]  # another comparison should fail loudly here
    if kind == "Timestamp":
        return _COMPARISONS[comparison](datetime.fromisoformat(value), datetime.fromisoformat(expected))
    return isinstance(value, _KINDS[kind]) and _COMPARISONS[comparison](value, expected)


def chosen(state: dict[str, Any], data: Any, context: Any) -> tuple[str, str]:
    """Return which way a Choice state takes, as (`choice 0` or `default`, its target)."""
    for index, rule in enumerate(state["Choices"]):
        if holds(rule, data, context):
            return f"choice {index}", str(rule["Next"])
    if "Default" not in state:
        raise DataError("States.NoChoiceMatched")
    return "default", str(state["Default"])
