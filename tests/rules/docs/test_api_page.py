"""The API's page is one file that names nothing it would have to fetch, with the contract and the guide in it."""

import json
import re
from html.parser import HTMLParser

import pytest

from tests.support.contract_document import document
from tools.apidocs import page as made
from tools.apidocs.page import PAGE, page
from tools.apidocs.prose import GUIDE, PAGES
from tools.terminal import ToolError

HTML = page(document())


class Tags(HTMLParser):
    """Every tag with its attributes, and the text of each script by its id."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script":
            self.scripts[-1] += data


def read(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    return tags


def embedded(name: str) -> dict:
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', HTML, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_the_page_names_nothing_to_fetch() -> None:
    loading = {"src", "href", "srcset", "data", "poster", "action", "background"}
    assert [(tag, name) for tag, attributes in read(HTML).tags for name in attributes if name in loading] == []
    assert re.findall(r"@import|url\(\s*['\"]?https?:", HTML.partition("<body>")[0]) == []


def test_the_page_forbids_the_browser_to_fetch_anything() -> None:
    [policy] = [a["content"] for tag, a in read(HTML).tags if a.get("http-equiv") == "Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in (policy or "").split(";"))
    assert directives.pop("default-src") == "'none'"
    sources = {source for value in directives.values() for source in value.split()}
    assert sources <= {"'unsafe-inline'", "blob:", "data:"}


def test_redoc_comes_without_the_one_picture_it_fetches() -> None:
    assert "Redoc" in made.bundle()
    assert "cdn.redoc.ly" not in HTML


@pytest.mark.parametrize("text", ["no picture", f"{made._LOGO} and {made._LOGO}"])
def test_another_bundle_is_an_error_that_says_what_to_look_for(text: str, tmp_path, monkeypatch) -> None:
    (tmp_path / "redoc.js").write_text(text)
    monkeypatch.setattr(made, "_BUNDLE", str(tmp_path / "redoc.js"))
    with pytest.raises(ToolError, match="see what it fetches now"):
        made.bundle()


def test_the_page_carries_the_whole_contract() -> None:
    told = embedded("document")
    assert told["components"] == document()["components"]
    assert {
        path: {key: {**part, "x-codeSamples": 0} if "operationId" in part else part for key, part in item.items()}
        for path, item in document()["paths"].items()
    } == {
        path: {key: {**part, "x-codeSamples": 0} if "operationId" in part else part for key, part in item.items()}
        for path, item in told["paths"].items()
    }


def test_every_operation_that_a_person_sends_has_a_curl_line() -> None:
    operations = [
        each for item in embedded("document")["paths"].values() for each in item.values() if "operationId" in each
    ]
    without = {each["operationId"] for each in operations if "x-codeSamples" not in each}
    assert without == {each["operationId"] for each in operations if "x-orderflow-signed-by" in each}
    assert all(
        each["x-codeSamples"][0]["source"].startswith("curl -X ") for each in operations if "x-codeSamples" in each
    )


def headings(text: str, level: int) -> list[str]:
    return re.findall(rf"^{'#' * level} (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)


def test_the_guide_the_error_codes_and_the_versions_stand_before_the_operations() -> None:
    description = embedded("document")["info"]["description"]
    assert description.startswith(document()["info"]["description"])
    titles = [title for each in PAGES for title in headings(each.read_text(encoding="utf-8"), 1)]
    assert headings(description, 1) == headings(GUIDE.read_text(encoding="utf-8"), 2) + titles
    assert {"Who you are", "Error codes", "Versions of the API"} <= set(headings(description, 1))


def test_every_link_before_the_operations_leads_somewhere() -> None:
    description = embedded("document")["info"]["description"]
    links = set(re.findall(r"\]\(([^)\s]+)\)", description))
    anchors = {f"#section/{title.replace(' ', '-')}" for title in headings(description, 1)}
    files = {link for link in links - anchors if not re.match("https?:", link)}
    assert {link for link in files if not (PAGE.parent / link).exists()} == set()
    assert {"#section/Error-codes", "#section/Versions-of-the-API"} <= links
    assert "../../examples/README.md" in files


@pytest.mark.parametrize("evil", ["</script><img src=x>", "<!-- <script>", "</SCRIPT>"])
def test_text_of_the_contract_cannot_leave_its_script(evil: str) -> None:
    spoiled = {**document(), "info": {**document()["info"], "description": evil}}
    assert [tag for tag, _ in read(page(spoiled)).tags] == [tag for tag, _ in read(HTML).tags]
