"""Other settings for functions of the local stack, for a while: what Terraform gave them is theirs again afterwards.

What they had before stands beside them, so a run that was killed is put right by the next one: `give_back`.
"""

import contextlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from tools.target import Target

_BEFORE = "SETTINGS_BEFORE_CONFORMANCE"


@contextlib.contextmanager
def set_for_now(shop: Target, wanted: Mapping[str, str]) -> Iterator[int]:
    """Give every function that has one of these settings the wanted value; yields how many those are."""
    functions = shop.client("lambda")
    before: dict[str, dict[str, str]] = {}
    for name in _names(shop):
        told = _variables(functions, name)
        if not wanted.keys().isdisjoint(told):
            before[name] = told
    try:
        for name, told in before.items():
            changed = {key: wanted[key] for key in wanted if key in told}
            # Within another's while, what was there before the first of them counts.
            own = {key: told[key] for key in changed} | json.loads(told.get(_BEFORE, "{}"))
            _put(functions, name, {**told, **changed, _BEFORE: json.dumps(own)})
        yield len(before)
    finally:
        for name, told in before.items():
            _put(functions, name, told)


def give_back(shop: Target) -> int:
    """Give functions the settings that a killed run has taken from them; returns how many those are."""
    functions, healed = shop.client("lambda"), 0
    for name in _names(shop):
        told = _variables(functions, name)
        if _BEFORE in told:
            own = json.loads(told.pop(_BEFORE))
            _put(functions, name, {**told, **own})
            healed += 1
    return healed


def _names(shop: Target) -> list[str]:
    return sorted(shop.outputs["function_names"].values())


def _variables(functions: Any, name: str) -> dict[str, str]:
    configuration = functions.get_function_configuration(FunctionName=name)
    return dict(configuration.get("Environment", {}).get("Variables", {}))


def _put(functions: Any, name: str, variables: Mapping[str, str]) -> None:
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": dict(variables)})
    functions.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
