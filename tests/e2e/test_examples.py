"""The examples work as they stand, against the whole system: the older client's eleven steps in three languages."""

import re
import subprocess

import pytest

from tests.e2e.shop import Shop
from tests.support.examples import COMMANDS, LANGUAGES
from tools.paths import ROOT

TIMEOUT_SECONDS = 180


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_example_gets_from_registering_to_the_summary(language: str, shop: Shop, admin: Shop) -> None:
    done = subprocess.run(
        [*COMMANDS[language], shop.url], cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
    )
    # Then it came to its end
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert re.findall(r"^(\d+)\.", done.stdout, re.MULTILINE) == ["4", "6", "7", "8", "9", "10", "11"]
    # And the order that it showed is there, priced by the catalogue, and ends well
    found = re.search(r'"orderId": *"([0-9A-Z]{26})"', done.stdout)
    assert found, done.stdout
    order = admin.finished(found[1])
    assert (order["status"], order["total"], order["shippingAddress"]["country"]) == ("CONFIRMED", 3499, "DE")
