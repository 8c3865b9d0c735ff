"""Documents name only what exists: commands, files, links, runbooks."""

import re
from pathlib import Path

import click
import pytest

from tools.ops.cli import cli
from tools.paths import ROOT

DOCUMENTS = sorted(
    path.relative_to(ROOT)
    for pattern in (
        "*.md",
        "docs/**/*.md",
        "modules/*/*.md",
        "workflows/*.md",
        "terraform/*.md",
        "src/**/*.md",
        "conformance/*.md",
    )
    for path in ROOT.glob(pattern)
)
TARGETS = set(re.findall(r"^([a-z][a-z0-9-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
OUR_FOLDERS = ("terraform/", "modules/", "src/", "workflows/", "tests/", "docs/", "tools/", "requirements/", ".github/")
FENCED = re.compile(r"```.*?```", re.DOTALL)


def commands(text: str) -> set[str]:
    """Return the make targets that a document tells its reader to run: in backticks or in a shell block."""
    shell = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", FENCED.sub("", text))
    found = set()
    for snippet in [*shell, *spans]:
        for line in re.findall(r"(?:^|\$\(|&& |=\S* )make ([^#;|)\n]*)", snippet, re.MULTILINE):
            line = re.sub(r'\w+="[^"]*"', "", line)
            words = [word for word in line.split() if not word.startswith("-") and "=" not in word]
            found |= {target for word in words for target in word.rstrip(".,:").split("|")}
    return {target for target in found if re.fullmatch(r"[a-z][a-z0-9-]*", target)}


def operator_commands(text: str) -> set[tuple[str, ...]]:
    """Return the commands of `orderflow` that a document names: `orderflow dlq list`, or as ARGS of `make ops`."""
    found = re.findall(r'(?:`orderflow |make ops ARGS=")([a-z -]+)', text)
    return {tuple(word for word in command.split() if re.fullmatch("[a-z]+", word)) for command in found}


def paths(text: str) -> set[str]:
    """Return the files and folders of ours that a document names in backticks, without patterns."""
    spans = re.findall(r"`([^`\n]+)`", FENCED.sub("", text))
    return {
        span.rstrip("/").partition(" ")[0].rpartition(":")[0] or span.rstrip("/")
        for span in spans
        if span.startswith(OUR_FOLDERS) and not re.search(r"[<>*{}$|… ]", span)
    }


def links(text: str) -> set[str]:
    return {
        link.partition("#")[0]
        for link in re.findall(r"\]\(([^)\s]+)\)", FENCED.sub("", text))
        if not re.match(r"[a-z]+:", link) and not link.startswith("#")
    }


def test_there_are_documents_to_check() -> None:
    assert Path("README.md") in DOCUMENTS
    assert {"up", "test", "demo"} <= commands((ROOT / "README.md").read_text())


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_make_command_is_a_target(document: Path) -> None:
    assert commands((ROOT / document).read_text()) - TARGETS == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_command_of_operators_is_one(document: Path) -> None:
    known = {(name,) for name, command in cli.commands.items() if not isinstance(command, click.Group)}
    groups = {name: group for name, group in cli.commands.items() if isinstance(group, click.Group)}
    known |= {(name, command) for name, group in groups.items() for command in group.commands}
    assert {command[:2] for command in operator_commands((ROOT / document).read_text())} - known == set()


def test_every_command_of_operators_is_explained() -> None:
    named = {command[:2] for command in operator_commands((ROOT / "docs/operations.md").read_text())}
    groups = [(name, command) for name, command in cli.commands.items() if isinstance(command, click.Group)]
    assert {("doctor",)} | {(name, each) for name, group in groups for each in group.commands} <= named


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_path_and_link_leads_somewhere(document: Path) -> None:
    text = (ROOT / document).read_text()
    missing = {path for path in paths(text) if not (ROOT / path).exists()}
    missing |= {link for link in links(text) if not (ROOT / document.parent / link).exists()}
    assert missing == set()


def test_the_index_of_the_runbooks_names_each() -> None:
    index = (ROOT / "docs/runbooks/README.md").read_text()
    pages = {path.name for path in (ROOT / "docs/runbooks").glob("*.md")} - {"README.md"}
    assert pages <= links(index)


def test_numbers_in_the_readme_were_filled_in() -> None:
    assert re.findall(r"@[A-Z]+@", (ROOT / "README.md").read_text()) == []
