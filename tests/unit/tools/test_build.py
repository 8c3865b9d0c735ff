"""The build writes one zip per handler, again only when something changed, and a manifest that tells the truth."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from tools import build, vendored
from tools.terminal import ToolError


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a checkout with two handlers, a shared module and one vendored library."""
    files = {
        "src/handlers/__init__.py": "",
        "src/handlers/shop/__init__.py": "",
        "src/handlers/shop/buy.py": "import lib\nfrom shared import money\ndef handler(e, c): ...\n",
        "src/handlers/shop/look.py": "def handler(e, c): ...\n",
        "src/shared/__init__.py": "",
        "src/shared/money.py": "",
        "vendor/lib/__init__.py": "",
        "vendor/lib/table.json": "{}",
        "vendor/lib-1.2.dist-info/METADATA": "Version: 1.2",
        "vendor/lib-1.2.dist-info/RECORD": "lib/__init__.py,,\nlib/table.json,,\nlib-1.2.dist-info/RECORD,,\n",
        "lambda.txt": "lib==1.2",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "SRC", tmp_path / "src")
    monkeypatch.setattr(build, "HANDLERS", tmp_path / "src" / "handlers")
    monkeypatch.setattr(build, "DIST", tmp_path / "dist")
    monkeypatch.setattr(build, "MANIFEST", tmp_path / "dist" / "manifest.json")
    monkeypatch.setattr(build, "TOOLS", ())
    monkeypatch.setattr(vendored, "VENDOR", tmp_path / "vendor")
    monkeypatch.setattr(vendored, "LOCK", tmp_path / "lambda.txt")
    monkeypatch.setattr(vendored, "ensure_installed", lambda: tmp_path / "vendor")
    return tmp_path


def names(checkout: Path, key: str) -> set[str]:
    members = zipfile.ZipFile(checkout / "dist" / f"{key}.zip").namelist()
    return {name for name in members if "__pycache__" not in name}


def test_each_zip_holds_only_what_its_handler_imports(checkout: Path) -> None:
    build.build()
    common = {"bootstrap", "handlers/__init__.py", "handlers/shop/__init__.py"}
    assert names(checkout, "look") == common | {"handlers/shop/look.py"}
    assert names(checkout, "buy") == common | {
        "handlers/shop/buy.py",
        "shared/__init__.py",
        "shared/money.py",
        "lib/__init__.py",
        "lib/table.json",
    }


def test_a_library_that_looks_up_its_version_finds_it(checkout: Path) -> None:
    (checkout / "vendor" / "lib" / "__init__.py").write_text("from importlib.metadata import version\n")
    build.build()
    assert [name for name in names(checkout, "buy") if "dist-info" in name] == ["lib-1.2.dist-info/METADATA"]


def test_the_manifest_names_size_hash_modules_and_libraries_of_each_zip(checkout: Path) -> None:
    build.build()
    manifest = json.loads((checkout / "dist" / "manifest.json").read_text())
    content = (checkout / "dist" / "buy.zip").read_bytes()
    assert manifest["functions"]["buy"] == {
        "context": "shop",
        "handler": "handlers.shop.buy.handler",
        "zip": "buy.zip",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "modules": ["handlers", "handlers.shop", "handlers.shop.buy", "shared", "shared.money"],
        "libraries": {"lib": "1.2"},
    }


def test_an_unchanged_tree_is_not_built_again(checkout: Path) -> None:
    build.build()
    stamp = (checkout / "dist" / "buy.zip").stat().st_mtime_ns
    build.build()
    assert (checkout / "dist" / "buy.zip").stat().st_mtime_ns == stamp


@pytest.mark.parametrize("changed", ["src/shared/money.py", "vendor-lock", "dist/buy.zip"])
def test_a_change_of_source_lock_or_zip_is_built_again(checkout: Path, changed: str) -> None:
    first = build.build()["functions"]["buy"]["sha256"]
    path = checkout / ("lambda.txt" if changed == "vendor-lock" else changed)
    path.write_bytes(path.read_bytes() + b"\nX = 1\n")
    inputs = build.build()["inputs"]
    rebuilt = hashlib.sha256((checkout / "dist" / "buy.zip").read_bytes()).hexdigest()
    assert json.loads((checkout / "dist" / "manifest.json").read_text())["inputs"] == inputs
    assert (rebuilt == first) is (changed != "src/shared/money.py")


def test_building_one_function_does_not_claim_that_the_others_are_current(checkout: Path) -> None:
    build.build()
    (checkout / "src" / "shared" / "money.py").write_text("CENTS = 100\n")
    (checkout / "src" / "handlers" / "shop" / "look.py").write_text("import shared.money\ndef handler(e, c): ...\n")
    build.build(["buy"])
    assert "shared/money.py" not in names(checkout, "look")
    build.build()
    assert "shared/money.py" in names(checkout, "look")


def test_the_zip_of_a_handler_that_is_gone_goes_too(checkout: Path) -> None:
    build.build()
    (checkout / "src" / "handlers" / "shop" / "look.py").unlink()
    assert set(build.build()["functions"]) == {"buy"}
    assert not (checkout / "dist" / "look.zip").exists()


def test_a_compiled_library_is_refused(checkout: Path) -> None:
    (checkout / "vendor" / "lib" / "fast.so").write_bytes(b"\x7fELF")
    with pytest.raises(ToolError, match=r"fast\.so is compiled for one processor"):
        build.build()


def test_an_unknown_function_is_refused_with_the_known_ones(checkout: Path) -> None:
    with pytest.raises(ToolError, match=r"No such function: sell\. There are: buy, look\."):
        build.build(["sell"])


def test_two_handlers_of_one_name_are_refused(checkout: Path) -> None:
    (checkout / "src" / "handlers" / "office").mkdir()
    (checkout / "src" / "handlers" / "office" / "buy.py").write_text("")
    with pytest.raises(ToolError, match="Two handlers are named buy"):
        build.build()
