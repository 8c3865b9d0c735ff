"""A cursor is valid only unchanged, and only for the list that it was made for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.runtime.errors import InvalidRequestError
from orderflow.runtime.paging import decode_cursor, encode_cursor, page_limit

KEY = b"key"
positions = st.dictionaries(st.text(max_size=8), st.one_of(st.text(max_size=20), st.integers()), max_size=4)
scopes = st.dictionaries(st.text(max_size=8), st.one_of(st.none(), st.text(max_size=20)), max_size=3)


@given(positions, scopes)
def test_a_cursor_comes_back_as_it_was_made(position: dict, scope: dict) -> None:
    token = encode_cursor(position, scope, KEY)
    assert decode_cursor(token, scope, KEY) == position
    assert token.replace("-", "").replace("_", "").isalnum()


@given(positions, scopes, scopes)
def test_a_cursor_of_another_list_is_refused(position: dict, scope: dict, other: dict) -> None:
    if scope != other:
        with pytest.raises(InvalidRequestError):
            decode_cursor(encode_cursor(position, scope, KEY), other, KEY)
    with pytest.raises(InvalidRequestError):
        decode_cursor(encode_cursor(position, scope, KEY), scope, b"another key")


@given(st.data(), positions)
def test_a_changed_cursor_is_refused(data: st.DataObject, position: dict) -> None:
    token = encode_cursor(position, {}, KEY)
    at = data.draw(st.integers(0, len(token) - 2))
    other = data.draw(st.sampled_from("ABCXYZ019-_").filter(lambda letter: letter != token[at]))
    with pytest.raises(InvalidRequestError):
        decode_cursor(token[:at] + other + token[at + 1 :], {}, KEY)


@given(st.text())
def test_any_text_is_refused_as_a_cursor(token: str) -> None:
    with pytest.raises(InvalidRequestError):
        decode_cursor(token, {}, KEY)


@pytest.mark.parametrize(("sent", "limit"), [(None, 20), ("1", 1), ("100", 100), ("007", 7)])
def test_a_limit_is_1_to_100_and_20_when_absent(sent: str | None, limit: int) -> None:
    assert page_limit(sent) == limit


@pytest.mark.parametrize("sent", ["", "0", "101", "-1", "1.5", "1e1", " 1", "²", "\u0661", "0001"])
def test_any_other_limit_is_refused(sent: str) -> None:
    with pytest.raises(InvalidRequestError, match="limit"):
        page_limit(sent)
