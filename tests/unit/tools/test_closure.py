"""A zip carries what its handler can reach, no more and no less."""

from pathlib import Path

import pytest

from tools.closure import UnknownModuleError, closure


def tree(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.fixture
def vendor(tmp_path: Path) -> Path:
    return tree(tmp_path / "vendor", {"lib/__init__.py": "", "lib/core.py": "", "lib/extra.py": ""})


def reached(tmp_path: Path, vendor: Path, files: dict[str, str]) -> tuple[set[str], set[str]]:
    found = closure("app.main", tree(tmp_path / "src", {"app/__init__.py": "", **files}), vendor)
    return set(found.own), set(found.vendored)


def test_an_import_inside_a_function_is_carried(tmp_path: Path, vendor: Path) -> None:
    own, vendored = reached(tmp_path, vendor, {"app/main.py": "def f():\n    import lib.core\n"})
    assert own == {"app", "app.main"}
    assert vendored == {"lib", "lib.core"}


def test_what_only_a_type_checker_imports_is_left_out(tmp_path: Path, vendor: Path) -> None:
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import lib.core\nelse:\n    import lib.extra\n"
    assert reached(tmp_path, vendor, {"app/main.py": text})[1] == {"lib", "lib.extra"}


def test_a_name_imported_from_a_package_is_carried_when_it_is_a_module(tmp_path: Path, vendor: Path) -> None:
    files = {"app/main.py": "from . import helper\nfrom .deep.er import thing\n", "app/helper.py": ""}
    files |= {"app/deep/__init__.py": "", "app/deep/er.py": "thing = 1", "app/unused.py": ""}
    assert reached(tmp_path, vendor, files)[0] == {"app", "app.main", "app.helper", "app.deep", "app.deep.er"}


def test_an_import_of_ours_that_lambda_would_not_find_is_refused(tmp_path: Path, vendor: Path) -> None:
    with pytest.raises(UnknownModuleError, match=r"app\.main \(main\.py\) imports 'pandas'.*requirements/lambda\.in"):
        reached(tmp_path, vendor, {"app/main.py": "def f():\n    import pandas\n"})


def test_what_the_runtime_provides_is_neither_refused_nor_carried(tmp_path: Path, vendor: Path) -> None:
    own, vendored = reached(
        tmp_path, vendor, {"app/main.py": "import boto3, json\nfrom botocore.config import Config\n"}
    )
    assert (own, vendored) == ({"app", "app.main"}, set())


def test_a_third_partys_module_that_can_never_load_is_left_out(tmp_path: Path, vendor: Path) -> None:
    tree(vendor, {"lib/core.py": "def f():\n    import lib.needy.part\n", "lib/needy/__init__.py": "import pydantic\n"})
    tree(vendor, {"lib/needy/part.py": ""})
    assert reached(tmp_path, vendor, {"app/main.py": "import lib.core\n"})[1] == {"lib", "lib.core"}


def test_a_third_partys_optional_import_does_not_leave_its_module_out(tmp_path: Path, vendor: Path) -> None:
    tree(vendor, {"lib/core.py": "try:\n    import pydantic\nexcept ImportError:\n    pydantic = None\n"})
    assert "lib.core" in reached(tmp_path, vendor, {"app/main.py": "import lib.core\n"})[1]


def test_a_module_that_imports_by_a_computed_name_brings_its_package(tmp_path: Path, vendor: Path) -> None:
    tree(vendor, {"lib/core.py": "import importlib\ndef f(n):\n    return importlib.import_module(n)\n"})
    assert reached(tmp_path, vendor, {"app/main.py": "import lib.core\n"})[1] == {"lib", "lib.core", "lib.extra"}


def test_a_lazily_loaded_module_named_by_a_string_is_carried(tmp_path: Path, vendor: Path) -> None:
    tree(vendor, {"lib/core.py": "LazyLoader('lib.extra', globals(), 'lib.extra')\n"})
    assert "lib.extra" in reached(tmp_path, vendor, {"app/main.py": "import lib.core\n"})[1]
