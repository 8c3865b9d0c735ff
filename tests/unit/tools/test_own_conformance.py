"""Our own stack judged: what is counted and told of it, and that its settings are its own again afterwards."""

from typing import Any

import pytest

from tools.own_conformance.judging import Verdict, merged
from tools.own_conformance.settings import give_back, set_for_now
from tools.target import Target

CREATE, COMPLETE, ORDERS = "shop-create-session", "shop-complete-session", "shop-place-order"


class Functions:
    """Lambda, as far as settings go; an update of `refused` fails."""

    def __init__(self, refused: str = "") -> None:
        self.refused = refused
        self.settings = {
            CREATE: {"CHECKOUT_MODE": "lenient", "CHECKOUT_SESSION_SECONDS": "3600"},
            COMPLETE: {"CHECKOUT_MODE": "lenient", "MERCHANT_ID": "shop"},
            ORDERS: {"CURRENCY": "EUR"},
        }

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:  # noqa: N803 - AWS's own names
        return {"Environment": {"Variables": dict(self.settings[FunctionName])}}

    def update_function_configuration(self, FunctionName: str, Environment: Any) -> None:  # noqa: N803 - AWS's own names
        wanted = Environment["Variables"]
        if FunctionName == self.refused and wanted.get("CHECKOUT_MODE") == "standard":
            raise OSError("refused")
        self.settings[FunctionName] = wanted

    def get_waiter(self, _name: str) -> Any:
        return self

    def wait(self, **_: Any) -> None:
        return


class OneService(Target):
    """A shop of which only its functions are asked for."""

    def __init__(self, functions: Functions) -> None:
        super().__init__({"function_names": {"a": CREATE, "b": COMPLETE, "c": ORDERS}}, None)
        self.functions = functions

    def client(self, service: str) -> Any:
        assert service == "lambda"
        return self.functions


def result(identity: str, outcome: str, version: str = "2026-04-17", reason: str = "") -> dict[str, Any]:
    facts = {"id": identity, "outcome": outcome, "version": version, "reason": reason}
    return {**facts, "level": "MUST", "title": f"What {identity} asks"}


def test_only_functions_that_read_a_setting_get_another_value_and_their_own_afterwards() -> None:
    functions = Functions()
    before = {name: dict(settings) for name, settings in functions.settings.items()}
    with set_for_now(OneService(functions), {"CHECKOUT_MODE": "standard"}) as changed:
        assert changed == 2
        assert {name: each.get("CHECKOUT_MODE") for name, each in functions.settings.items()} == {
            CREATE: "standard", COMPLETE: "standard", ORDERS: None,
        }  # fmt: skip
        assert functions.settings[CREATE]["CHECKOUT_SESSION_SECONDS"] == "3600"
    assert functions.settings == before


@pytest.mark.parametrize("refused", ["", CREATE])
def test_settings_are_their_own_again_whatever_went_wrong(refused: str) -> None:
    functions = Functions(refused)
    before = {name: dict(settings) for name, settings in functions.settings.items()}
    with pytest.raises(OSError, match="refused"), set_for_now(OneService(functions), {"CHECKOUT_MODE": "standard"}):
        raise OSError("refused")
    assert functions.settings == before


def test_a_run_that_was_killed_within_both_changes_is_put_right_by_the_next_one() -> None:
    functions = Functions()
    before = {name: dict(settings) for name, settings in functions.settings.items()}
    shop = OneService(functions)
    # Given a run that nobody let end
    with (
        set_for_now(shop, {"CHECKOUT_MODE": "standard"}),
        set_for_now(shop, {"CHECKOUT_SESSION_SECONDS": "12"}),
    ):
        assert functions.settings[CREATE]["CHECKOUT_MODE"] == "standard"
        left = {name: dict(settings) for name, settings in functions.settings.items()}
    assert functions.settings == before
    functions.settings = left
    # When / Then
    assert give_back(shop) == 2
    assert functions.settings == before
    # And nothing is changed where nothing was left
    assert give_back(shop) == 0


def test_what_was_judged_again_counts_instead_of_the_first_look() -> None:
    first = [result("a", "pass"), result("b", "not applicable"), result("b", "pass", "2025-09-29")]
    assert list(merged(first, [result("b", "fail")])) == [first[0], result("b", "fail"), first[2]]


def test_a_verdict_tells_each_reason_and_counts_what_was_judged() -> None:
    verdict = Verdict([result("a", "pass"), result("b", "fail", reason="200 expected"),
                       result("c", "not applicable", "2025-09-29", "It takes a day.")])  # fmt: skip
    assert list(verdict.lines()) == [
        "fail  2026-04-17  MUST  b: What b asks",
        "      200 expected",
        "not applicable  2025-09-29  MUST  c: What c asks",
        "      It takes a day.",
        "2026-04-17: 1 of 2 requirements passed (50.0 %), 0 not applicable",
        "2025-09-29: 0 of 0 requirements passed (0.0 %), 1 not applicable",
    ]
