"""What the file says: placeholders and nothing literal, JSONPath only, endings and states that speak for themselves."""

import re
from collections.abc import Iterator

import hcl2

from tests.rules.workflows.machine import ROOT, Machine, texts

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_LITERALS = {
    "an ARN": re.compile(r"\barn:[^:]*:(?!states:::)"),
    "an account": re.compile(r"(?<!\d)\d{12}(?!\d)"),
    "a region": re.compile(r"\b(?:af|ap|ca|cn|eu|il|me|mx|sa|us)-(?:gov-)?[a-z]+-\d\b"),
}
_TEMPLATE_CALL = re.compile(r"templatefile\(\s*\"[^\"]*/workflows/([a-z_]+)\.asl\.json\",\s*\{(.*)\}\s*\)", re.DOTALL)
_ARGUMENT = re.compile(r"(?:^|,)\s*(\w+)\s*=", re.MULTILINE)
_SHORTEST_CAUSE = 60  # characters: less cannot say what happened and what to do


def supplied_placeholders() -> dict[str, set[str]]:
    """Return what Terraform's templatefile calls give each workflow file, by the machine's name."""
    supplied: dict[str, set[str]] = {}
    for path in sorted((ROOT / "modules").glob("*/*.tf")):
        with path.open(encoding="utf-8") as file:
            for _, text in texts(hcl2.load(file)):
                for machine, arguments in _TEMPLATE_CALL.findall(text):
                    supplied.setdefault(machine, set()).update(_ARGUMENT.findall(arguments))
    return supplied


def function_timeouts() -> dict[str, int]:
    """Return the seconds that Terraform gives each function, by its key."""
    timeouts = {}
    for path in sorted((ROOT / "modules").glob("*/*.tf")):
        with path.open(encoding="utf-8") as file:
            blocks = hcl2.load(file).get("module", [])
        for arguments in (inner for block in blocks for inner in block.values()):
            if arguments["source"].strip('"') == "../lambda_function":
                timeouts[arguments["operation"].strip('"')] = arguments.get("timeout_seconds", 10)
    return timeouts


def misfit_placeholders(machine: Machine, supplied: set[str]) -> Iterator[str]:
    """A placeholder that Terraform does not fill, or one it fills in vain."""
    used = {name for _, text in texts(machine.definition) for name in _PLACEHOLDER.findall(text)}
    yield from (f"Terraform does not supply ${{{name}}}" for name in sorted(used - supplied))
    yield from (f"Terraform supplies {name}, which the file does not use" for name in sorted(supplied - used))
    yield from (
        f"${{{name}}} is not in snake_case" for name in sorted(used) if not re.fullmatch(r"[a-z][a-z0-9_]*", name)
    )


def literals(machine: Machine) -> Iterator[str]:
    """A name of one account, region or resource in a file that serves all of them."""
    for path, text in texts(machine.definition):
        yield from (f"{path} holds {what}: {text}" for what, pattern in _LITERALS.items() if pattern.search(text))


def foreign_language(machine: Machine) -> Iterator[str]:
    """JSONata, which Step Functions Local cannot load."""
    for path, text in texts(machine.definition):
        if text in ("QueryLanguage", "Assign", "Arguments", "Output") or text.startswith("{%"):
            yield f"{path}: {text} is not JSONPath"


def silent_endings(machine: Machine) -> Iterator[str]:
    """A bad ending that shares its name, or whose Cause tells nobody what to do; a state without a word."""
    errors: dict[str, str] = {}
    if not machine.definition.get("Comment"):
        yield f"{machine.name} has no Comment"
    for name, state in machine.states.items():
        if not state.get("Comment"):
            yield f"{name} has no Comment"
        if state["Type"] != "Fail":
            continue
        error = state.get("Error", "")
        if not re.fullmatch(r"[A-Z][A-Za-z]+Error", error):
            yield f"{name}: the Error {error!r} is no PascalCase name ending in Error"
        if error in errors:
            yield f"{name} ends with {error}, as does {errors[error]}"
        errors[error] = name
        # A Cause that is taken from a failure is the step's own words.
        if len(state.get("Cause", "")) < _SHORTEST_CAUSE and not state.get("CausePath", "").endswith(".Cause"):
            yield f"{name}: the Cause must say what happened and what to do"


def told_secrets(machine: Machine) -> Iterator[str]:
    """A write that answers with the whole item: addresses and payment tokens would stay in the execution's history."""
    for name, task in machine.tasks.items():
        parameters = task.get("Parameters", {})
        if parameters.get("ReturnValues", "NONE").startswith("ALL"):
            yield f"{name} asks for the whole item ({parameters['ReturnValues']})"
        if task["Resource"].endswith("dynamodb:getItem") and "ProjectionExpression" not in parameters:
            yield f"{name} reads the whole item: name what it needs in a ProjectionExpression"
        for _, text in texts(parameters):
            if "paymentToken" in text:
                yield f"{name} names the payment token"
