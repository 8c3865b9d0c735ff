"""What the page says before the operations: the guide, the error codes and the promises about versions.

Each is a page of docs/ that is read alone as well: here its headings become entries of the page's menu, and its links
lead to them or, from where the page lies, to the file.
"""

import os
import re
from pathlib import Path

_DOCS = Path(__file__).parents[2] / "docs"
GUIDE = _DOCS / "api/guide.md"
PAGES = (_DOCS / "errors.md", _DOCS / "api-versioning.md")
_LINK = re.compile(r"\]\((?![a-z]+:|#)(?P<path>[^)#]+)(?:#[^)]*)?\)")


def prose(page: Path) -> str:
    """Return the Markdown for a page at that path; Redoc lists its headings of the first two levels."""
    _, *sections = _linked(GUIDE, page).split("\n## ")
    guide = "\n".join(f"# {section}" for section in sections)
    return "\n\n".join([guide, *(_linked(each, page) for each in PAGES)])


def _linked(source: Path, page: Path) -> str:
    def leads(found: re.Match[str]) -> str:
        target = (source.parent / found["path"]).resolve()
        return f"]({_anchor(target) if target in PAGES else os.path.relpath(target, page.parent)})"

    text = re.sub(r"<!--.*?-->\n*", "", source.read_text(encoding="utf-8"), flags=re.DOTALL)
    return _LINK.sub(leads, text)


def _anchor(source: Path) -> str:
    """Return where Redoc puts the first heading of a page."""
    title = re.search(r"^# (.+)$", source.read_text(encoding="utf-8"), re.MULTILINE)
    return f"#section/{title[1].replace(' ', '-')}" if title else "#"
