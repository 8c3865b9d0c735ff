"""Two bodies have one fingerprint exactly when they mean the same."""

import json
import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.runtime.api import Request
from orderflow.runtime.idempotency.fingerprint import fingerprint

numbers = st.one_of(
    st.integers(-(10**60), 10**60),
    st.decimals(allow_nan=False, allow_infinity=False, places=None),
    st.builds(lambda digits, power: Decimal(f"{digits}e{power}"), st.integers(-999, 999), st.integers(-50, 50)),
)
bodies = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.text(max_size=4)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def meaning(value: Any) -> Any:
    """Return what JSON says of a value, told by other means than the code's: types apart, numbers as fractions."""
    match value:
        case dict():
            return ("object", frozenset((name, meaning(each)) for name, each in value.items()))
        case list():
            return ("array", tuple(meaning(each) for each in value))
        case bool() | None:
            return ("word", str(value))
        case str():
            return ("text", value)
    return ("number", Decimal(value).as_integer_ratio())


def rewritten(value: Any, chance: random.Random) -> Any:
    """Return another way to write the same: keys shuffled, numbers with other zeros and exponents."""
    match value:
        case dict():
            names = chance.sample(list(value), len(value))
            return {name: rewritten(value[name], chance) for name in names}
        case list():
            return [rewritten(each, chance) for each in value]
        case bool() | None | str():
            return value
    sign, digits, exponent = Decimal(value).as_tuple()
    zeros = chance.randint(0, 4)
    return Decimal((sign, (*digits, *[0] * zeros), exponent - zeros))


@given(bodies, st.randoms(use_true_random=False))
def test_whatever_way_a_body_is_written_its_fingerprint_stays(body: Any, chance: random.Random) -> None:
    assert fingerprint(rewritten(body, chance)) == fingerprint(body)


@given(bodies, bodies)
def test_fingerprints_are_equal_exactly_when_the_meaning_is(one: Any, other: Any) -> None:
    assert (fingerprint(one) == fingerprint(other)) == (meaning(one) == meaning(other))


@given(st.dictionaries(st.text(max_size=3), bodies, max_size=3), st.text(max_size=3), bodies)
def test_every_field_takes_part_also_one_that_no_schema_names(body: Any, name: str, value: Any) -> None:
    extended = {**body, f"x-{name}": value}
    assert (fingerprint(extended) == fingerprint(body)) == (meaning(extended) == meaning(body))


def of(text: str) -> str:
    """Return the fingerprint of a body with one value, read as the API reads it."""
    return fingerprint(Request({"body": f'{{"value": {text}}}'}).json())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("7.5", "7.50"),
        ("1", "1.0"),
        ("100", "1e2"),
        ("0", "-0.0"),
        ("[1, 2.0]", "[1.0, 2]"),
        ("1e999999", "10e999998"),
        ('"\\u0041"', '"A"'),
    ],
)
def test_values_of_the_same_meaning_make_the_same_body(one: str, other: str) -> None:
    assert of(one) == of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("7.5", "7.51"),
        ("1", '"1"'),
        ("7.5", '"7.5"'),
        ("1", "true"),
        ("0", "false"),
        ("null", "0"),
        ("null", '"null"'),
        ("[1, 2]", "[2, 1]"),
        ("[]", "{}"),
        ("[]", "[null]"),
        ('"1"', '"text 1"'),
        ("9007199254740993", "9007199254740992"),
        ("1" * 60, "1" * 59 + "2"),
        ("1e-999999999", "1e-999999998"),
    ],
)
def test_values_of_different_meaning_make_different_bodies(one: str, other: str) -> None:
    assert of(one) != of(other)


def test_null_is_not_the_same_as_absent() -> None:
    assert fingerprint({"a": None}) != fingerprint({})


def test_a_double_is_the_digits_that_json_writes_for_it() -> None:
    assert fingerprint({"price": 19.99}) == fingerprint({"price": Decimal("19.99")})


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("-Infinity")])
def test_what_is_no_json_number_has_no_fingerprint(number: Any) -> None:
    with pytest.raises(ValueError, match="no JSON number"):
        fingerprint({"value": number})


def test_fingerprints_that_are_on_record_stay_what_they_are() -> None:
    # Orders keep those of their movements for good; these two were made by the first release's code.
    body = (
        '{"items":[{"productId":"ITEM001","quantity":2,"price":19.990}],"shippingAddress":{"zipCode":"07743"},'
        '"note":null,"gift":true,"n":[1e2,-0.0,0.000000001,1234567890123456789012345678901234567890]}'
    )
    assert (
        fingerprint(json.loads(body, parse_float=Decimal))
        == "c551dbc9182803639a270b6a0785a6ea36028b5fc99b0dba6c61fca0868fe3b7"
    )
    assert fingerprint({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
