"""Where things are in the checkout."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
HANDLERS = SRC / "handlers"
DIST = ROOT / "dist"
TERRAFORM = ROOT / "terraform"
REQUIREMENTS = ROOT / "requirements"
STACKS = ROOT / ".orderflow"
