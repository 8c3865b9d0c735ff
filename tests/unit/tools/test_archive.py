"""Zips are the same bytes whenever and wherever they are written."""

import marshal
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest

from tools import archive
from tools.paths import ROOT

SOURCE = b'WORDS = {"b", "a"}\ndef f(x):\n    "A docstring."\n    return x in {"one", "two", "three"} and x.y\n'


def test_the_order_in_which_files_are_given_does_not_matter(tmp_path: Path) -> None:
    archive.write(tmp_path / "one.zip", {"b.py": b"2", "a.py": b"1"})
    archive.write(tmp_path / "two.zip", {"a.py": b"1", "b.py": b"2"})
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_members_carry_no_date_no_owner_and_fixed_modes(tmp_path: Path) -> None:
    archive.write(tmp_path / "it.zip", {"bootstrap": b"#!/bin/sh\n", "a.py": b""}, programs=frozenset({"bootstrap"}))
    members = zipfile.ZipFile(tmp_path / "it.zip").infolist()
    assert [(each.filename, each.date_time, oct(each.external_attr >> 16)) for each in members] == [
        ("a.py", (1980, 1, 1, 0, 0, 0), "0o100644"),
        ("bootstrap", (1980, 1, 1, 0, 0, 0), "0o100755"),
    ]
    assert {(each.create_system, each.compress_type, each.extra) for each in members} == {(3, zipfile.ZIP_STORED, b"")}


def test_a_failing_write_leaves_the_zip_that_was_there(tmp_path: Path) -> None:
    archive.write(tmp_path / "it.zip", {"a.py": b"1"})
    before = (tmp_path / "it.zip").read_bytes()
    with pytest.raises(TypeError):
        archive.write(tmp_path / "it.zip", {"a.py": None})  # type: ignore[dict-item]  # the wrong type is the test
    assert (tmp_path / "it.zip").read_bytes() == before


def test_compiled_code_is_the_same_in_processes_with_other_hash_seeds_and_other_objects() -> None:
    program = (
        "import sys; from tools.archive import compiled;"
        "keep = [sys.intern(word) for word in sys.argv[1:]];"
        f"sys.stdout.buffer.write(compiled({SOURCE!r}, 'm.py'))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program, *words],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for seed, words in (("1", ()), ("2", ("x", "y", "one", "WORDS", "A docstring.")))
    }
    assert len(outputs) == 1


def test_what_the_process_holds_of_compiled_code_does_not_change_its_bytes() -> None:
    code = compile(b"A = (1000, 3.5, 'a b')\ndef f():\n    return 1000, 3.5, 'a b', b'x y'\n", "m.py", "exec")
    before = archive.marshalled(code)
    held = list(constants(code))
    assert archive.marshalled(code) == before
    assert len(held) > 3


def constants(code: CodeType) -> Iterator[object]:
    for each in code.co_consts:
        yield each
        if isinstance(each, CodeType):
            yield from constants(each)


def test_compiled_code_says_a_name_once_however_often_it_is_used() -> None:
    source = b"def one(amount_of_it):\n    return amount_of_it\ndef two(amount_of_it):\n    return amount_of_it\n"
    pyc = archive.compiled(source, "pack/m.py")
    assert (pyc.count(b"amount_of_it"), pyc.count(b"/var/task/pack/m.py")) == (1, 1)


def test_compiled_code_is_unchecked_and_speaks_of_the_place_on_lambda() -> None:
    pyc = archive.compiled(SOURCE, "pack/m.py")
    assert int.from_bytes(pyc[4:8], "little") == 0b01
    code = marshal.loads(pyc[16:])  # noqa: S302 - written by the function under test
    assert code.co_filename == "/var/task/pack/m.py"


def test_compiled_code_lies_where_python_looks_for_it() -> None:
    assert archive.compiled_name("pack/m.py") == f"pack/__pycache__/m.{sys.implementation.cache_tag}.pyc"
