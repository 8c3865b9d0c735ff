"""An HTTP file as REST Client for VS Code reads it: the part of its syntax that docs/api/orderflow.http uses.

Requests stand between lines that begin with ###; `@name = value` sets a variable, `# @name` names a request, and
`{{name.response.body.$.field}}` is a field of the answer to an earlier one. Three comments are ours: which status
answers a request, that it is repeated until the order has a status, and without which setting it is not sent.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import requests

from tools.apidocs.journey import UNSET

TIMEOUT_SECONDS = 30
_TOLD = re.compile(
    r"# (?:@name (?P<name>\w+)|Answers (?P<status>\d+)\.|Repeat .* (?P<until>\w+)\.|Only with (?P<needs>\w+)\.)"
)
_VARIABLE = re.compile(r"\{\{([^{}]+)\}\}")
_EARLIER = re.compile(r"(?P<request>\w+)\.response\.body\.\$\.(?P<field>\w+)")


@dataclass
class Request:
    """One request as it stands in the file, variables and all."""

    name: str = ""
    line: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    status: int = 0
    until: str = ""
    needs: str = ""


@dataclass
class HttpFile:
    """A parsed file: its variables as they are written, its requests in their order."""

    variables: dict[str, str]
    requests: list[Request]


def parse(text: str) -> HttpFile:
    """Read a file; a block without a request line only sets variables."""
    file = HttpFile({}, [])
    for block in re.split(r"^###.*\n", text, flags=re.MULTILINE):
        request, head, body = Request(), *_parted(block)
        for line in head:
            if found := re.fullmatch(r"@(\w+) *= *(.*)", line):
                file.variables[found[1]] = found[2]
            elif found := _TOLD.fullmatch(line):
                for fact, value in found.groupdict().items():
                    if value is not None:
                        setattr(request, fact, int(value) if fact == "status" else value)
            elif line.startswith("#") or not line:
                continue
            elif not request.line:
                request.line = line
            else:
                name, _, value = line.partition(": ")
                request.headers[name] = value
        request.body = body
        if request.line:
            file.requests.append(request)
    return file


def _parted(block: str) -> tuple[list[str], str]:
    """Return a block's lines up to its headers' end, and the body behind the first blank line after the request."""
    found = re.search(r"^[A-Z]+ \S+$", block, re.MULTILINE)
    end = block.find("\n\n", found.start()) if found else -1
    return (block.splitlines(), "") if end < 0 else (block[:end].splitlines(), block[end:].strip())


class Runner:
    """Sends a file's requests one after the other, as a person clicks them, with values of its own for variables."""

    def __init__(self, file: HttpFile, settings: Mapping[str, str]) -> None:
        assert settings.keys() <= file.variables.keys(), "a setting that the file does not know"
        self._file, self._settings = file, settings
        self._answers: dict[str, Any] = {}

    def may_send(self, request: Request) -> bool:
        """Tell whether the reader has set what the request needs."""
        return not request.needs or self._value(request.needs) != UNSET

    def send(self, request: Request, within_seconds: float = 60) -> requests.Response:
        """Send one request, again and again where the file says so, and return its last answer."""
        deadline = time.monotonic() + within_seconds
        while True:
            answer = self._once(request)
            if not request.until or answer.json().get("status") == request.until or time.monotonic() > deadline:
                return answer
            time.sleep(0.3)

    def _once(self, request: Request) -> requests.Response:
        method, _, url = self._filled(request.line).partition(" ")
        headers = {name: self._filled(value) for name, value in request.headers.items()}
        body = self._filled(request.body).encode() or None
        answer = requests.request(method, url, headers=headers, data=body, timeout=TIMEOUT_SECONDS)
        self._answers[request.name] = answer
        return answer

    def _filled(self, text: str) -> str:
        return _VARIABLE.sub(lambda found: self._value(found[1].strip()), text)

    def _value(self, name: str) -> str:
        if name == "$guid":
            return str(uuid4())
        if found := _EARLIER.fullmatch(name):
            return str(self._answers[found["request"]].json()[found["field"]])
        return self._settings[name] if name in self._settings else self._filled(self._file.variables[name])
