"""A call as a curl line for a POSIX shell; what the reader must know is an environment variable."""

import json
import re

from tools.apidocs.calls import FRESH_ID, Call

_VARIABLE = re.compile(r"\{\{(\w+)\}\}")


def curl(call: Call) -> str:
    """Return the command over several lines, with variables such as `$ID_TOKEN` where a shell puts their values in."""
    words = [f'curl -X {call.method} "$BASE_URL{_filled(call.target)}"']
    words += [f"-H {_header(f'{name}: {value}')}" for name, value in call.headers.items()]
    if call.body is not None:
        body = json.dumps(call.body, indent=2, ensure_ascii=False).replace("'", r"'\''")
        # Single quotes keep the body as it is; a variable stands between two such parts.
        words.append(f"-d '{_filled(body, before=chr(39) + chr(34), after=chr(34) + chr(39))}'")
    return " \\\n  ".join(words)


def shell_name(variable: str) -> str:
    """Return a variable's name as shells write it: idToken is ID_TOKEN."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", variable).upper()


def _header(text: str) -> str:
    filled = _filled(text.replace(FRESH_ID, "$(uuidgen)"))
    return f"'{text}'" if filled == text else f'"{filled}"'


def _filled(text: str, before: str = "", after: str = "") -> str:
    return _VARIABLE.sub(lambda found: f"{before}${shell_name(found[1])}{after}", text)
