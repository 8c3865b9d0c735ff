"""What the tools need to know of modules/api/openapi.yaml."""

import yaml

from tools.paths import ROOT

DOCUMENT = ROOT / "modules" / "api" / "openapi.yaml"
_FUNCTION = "x-orderflow-function"


def api_functions() -> list[str]:
    """Return the keys of the functions that answer HTTP, sorted."""
    paths = yaml.safe_load(DOCUMENT.read_text())["paths"]
    operations = (operation for path in paths.values() for operation in path.values() if isinstance(operation, dict))
    return sorted({operation[_FUNCTION] for operation in operations if _FUNCTION in operation})
