"""The API's page shows the whole contract from a disk without a network, and a broken page would be noticed."""

import copy
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.docs.sight import anchors, faults, look
from tests.support.contract_document import document, operations
from tools.apidocs.page import bundle, page
from tools.paths import STACKS

TITLE = f"Orderflow API {document()['info']['version']}"
PLACES = anchors(document())
# Where all three columns have something to say.
ONE = {"placeOrder": PLACES["placeOrder"]}
PICTURES = STACKS / "docs"


def test_the_page_shows_every_operation_and_asks_for_nothing(browser: Browser, html: str, written: Path) -> None:
    # Given the page as one file
    written.write_text(html, encoding="utf-8")
    # When it is looked at without a network
    others = {name: place for name, place in PLACES.items() if name not in ONE}
    sight = look(browser, written, others | ONE, PICTURES / "page.png")
    # Then nothing is wrong with it
    assert faults(sight, TITLE) == []
    assert set(sight.listed) == {operation.facts["operationId"] for operation in operations()}
    assert (PICTURES / "page.png").stat().st_size > 20_000


@pytest.mark.parametrize(
    ("spoiled", "fault"),
    [
        (lambda html: html.replace(bundle(), ""), "the page is not drawn"),
        (lambda html: html.replace("<style>", "<style>#api{opacity:0}", 1), "is written on"),
        (
            lambda html: html.replace("<style>", '<script src="https://cdn.example/a.js"></script><style>', 1),
            "cdn.example",
        ),
        (lambda html: html.replace("<style>", "<script>console.error('oh')</script><style>", 1), "complains: oh"),
    ],
    ids=["without its bundle", "invisible", "with a script from elsewhere", "with an error"],
)
def test_a_broken_page_is_noticed(spoiled, fault: str, browser: Browser, html: str, written: Path) -> None:
    broken = spoiled(html)
    assert broken != html
    written.write_text(broken, encoding="utf-8")
    assert any(fault in each for each in faults(look(browser, written, ONE), TITLE))


def test_an_operation_that_is_missing_is_noticed(browser: Browser, written: Path) -> None:
    fewer = copy.deepcopy(document())
    del fewer["paths"]["/health"]
    written.write_text(page(fewer), encoding="utf-8")
    assert faults(look(browser, written, {"checkHealth": PLACES["checkHealth"]} | ONE), TITLE) == [
        "checkHealth cannot be reached"
    ]
