"""A profile says what to buy; what is wrong in it is told by its name."""

from pathlib import Path

import pytest

from acp_conformance.profile import Item, ProfileError, read_profile

EXAMPLE = Path(__file__).parent.parent / "profile.example.toml"


def written(folder: Path, text: str) -> Path:
    path = folder / "shop.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_can_be_read() -> None:
    profile = read_profile(EXAMPLE)
    assert [item.quantity for item in profile.shop.items] == [1, 1]
    assert profile.shop.currency == "eur"


def test_what_is_not_named_has_a_default(tmp_path: Path) -> None:
    profile = read_profile(written(tmp_path, 'shop.items = [{id = "a", quantity = 2}]'))
    assert profile.shop.items == (Item("a", 2),)
    assert (profile.buyer.email, profile.webhooks.refusals) == ("ada@example.com", 4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "profile lacks an entry"),
        ("shop = 1", "profile.shop should be a table"),
        ("shop.items = []", "shop.items is empty"),
        ("shop.items = [{}]", "profile.shop.items lacks an entry"),
        ('shop.items = [{id = "a", colour = "red"}]', "profile.shop.items has no 'colour'"),
        ('shop.items = [{id = "a"}]\npayment.token = 1', "profile.payment.token should be str"),
        ('shop.items = [{id = "a"}]\nwebhooks.refusals = true', "profile.webhooks.refusals should be int"),
        ("shop.items = [", "cannot be read"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ProfileError, match=said.replace(".", r"\.")):
        read_profile(written(tmp_path, text))


def test_a_profile_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="cannot be read"):
        read_profile(tmp_path / "none.toml")
