"""The search for a Python runs each candidate instead of trusting that it works."""

import os
import subprocess
import sys
from pathlib import Path

from tools.paths import ROOT

SCRIPT = ROOT / "tools" / "find_python.sh"


def find(**env: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    return subprocess.run(
        [str(SCRIPT)],
        env=clean | env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def program(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_a_python_that_is_named_is_taken() -> None:
    found = find(PYTHON=sys.executable)
    assert found.returncode == 0
    assert Path(found.stdout.strip()).samefile(sys.executable)


def test_a_named_python_that_does_not_run_is_said(tmp_path: Path) -> None:
    found = find(PYTHON=str(tmp_path / "absent"))
    assert found.returncode == 1
    assert "is not a Python >= 3.11" in found.stderr


def test_a_shim_that_fails_is_passed_over(tmp_path: Path) -> None:
    program(tmp_path, "python3.13", "#!/bin/sh\necho 'pyenv: python3.13: command not found' >&2\nexit 127\n")
    program(tmp_path, "pyenv", f'#!/bin/sh\n[ "$2" = 3.13 ] && echo {tmp_path / "real"}\n')
    (tmp_path / "real" / "bin").mkdir(parents=True)
    works = "#!/bin/sh\necho /found/here\n"
    program(tmp_path / "real" / "bin", "python", works)
    found = find(PATH=f"{tmp_path}:/usr/bin:/bin")
    assert (found.stdout.strip(), found.stderr) == ("/found/here", "")


def test_another_version_is_taken_with_one_warning(tmp_path: Path) -> None:
    program(tmp_path, "python3.12", "#!/bin/sh\necho /found/3.12\n")
    for name in ("head", "sort", "tail", "ls", "uname"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}" if Path(f"/usr/bin/{name}").exists() else f"/bin/{name}")
    found = find(PATH=str(tmp_path), PYENV_ROOT=str(tmp_path))
    if Path("/usr/bin/python3.13").exists() or Path("/usr/local/bin/python3.13").exists():
        assert found.stdout.strip().endswith("python3.13")
    else:
        assert found.stdout.strip() == "/found/3.12"
        assert found.stderr.count("\n") == 1
        assert "warning: Python 3.13 not found, using 3.12" in found.stderr
