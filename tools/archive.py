"""Write zips that are the same bytes whenever and wherever they are written."""

import importlib.util
import marshal
import stat
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import CodeType

# The oldest date that a zip can hold.
_DATE = (1980, 1, 1, 0, 0, 0)
_FILE_MODE = stat.S_IFREG | 0o644
_PROGRAM_MODE = stat.S_IFREG | 0o755
_UNIX = 3
# PEP 552: hash-based, and not checked against the source at import; the code folder on Lambda is read-only.
_UNCHECKED_HASH_FLAGS = 0b01
# The last version of marshal that does not look at reference counts.
_WITHOUT_REFERENCES = 2
# Where Lambda unpacks a function's code: the file names that tracebacks show.
_TASK_ROOT = "/var/task"


@cache
def compiled(source: bytes, name: str) -> bytes:
    """Return the .pyc of one source file, by its name in the zip, for the Python that runs this tool."""
    code = compile(source, f"{_TASK_ROOT}/{name}", "exec", dont_inherit=True, optimize=0)
    return b"".join(
        (
            importlib.util.MAGIC_NUMBER,
            _UNCHECKED_HASH_FLAGS.to_bytes(4, "little"),
            importlib.util.source_hash(source),
            marshalled(code),
        )
    )


def marshalled(code: CodeType) -> bytes:
    """Return the code with each name written once, the same bytes in every process.

    Marshal refers back to a name where something else holds it too, and a process may hold it for reasons of its own.
    What was just read from bytes is held by nobody else; names are interned, and always referred back to.
    """
    apart = marshal.loads(marshal.dumps(code, _WITHOUT_REFERENCES))  # noqa: S302 - written on this line
    return marshal.dumps(apart)


def compiled_name(name: str) -> str:
    """Return where Python looks for the .pyc of `name`: PEP 3147."""
    return importlib.util.cache_from_source(name, optimization="")


def compiled_alone_name(name: str) -> str:
    """Return where Python looks for the .pyc of `name` where there is no source: PEP 3147, case 4."""
    return f"{name}c"


def write(path: Path, files: Mapping[str, bytes], programs: frozenset[str] = frozenset()) -> None:
    """Write `files` (name in the zip -> content) sorted, dated 1980 and with fixed modes; `programs` are executable.

    Members are stored, not deflated: compressed bytes depend on the zlib that a machine happens to have.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, _DATE)
            member.create_system = _UNIX
            member.external_attr = (_PROGRAM_MODE if name in programs else _FILE_MODE) << 16
            archive.writestr(member, files[name])
    partial.replace(path)
