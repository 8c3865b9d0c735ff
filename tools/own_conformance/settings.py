"""Other settings for functions of the local stack, for a while: what Terraform gave them is theirs again afterwards."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from tools.target import Target


@contextlib.contextmanager
def set_for_now(shop: Target, wanted: Mapping[str, str]) -> Iterator[int]:
    """Give every function that has one of these settings the wanted value; yields how many those are.

    A run that is killed leaves them as they are: `make reset` then.
    """
    functions = shop.client("lambda")
    before: dict[str, dict[str, str]] = {}
    for name in sorted(shop.outputs["function_names"].values()):
        told = _variables(functions, name)
        if not wanted.keys().isdisjoint(told):
            before[name] = told
    try:
        for name, told in before.items():
            _put(functions, name, {**told, **{key: wanted[key] for key in wanted if key in told}})
        yield len(before)
    finally:
        for name, told in before.items():
            _put(functions, name, told)


def _variables(functions: Any, name: str) -> dict[str, str]:
    configuration = functions.get_function_configuration(FunctionName=name)
    return dict(configuration.get("Environment", {}).get("Variables", {}))


def _put(functions: Any, name: str, variables: Mapping[str, str]) -> None:
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": dict(variables)})
    functions.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
