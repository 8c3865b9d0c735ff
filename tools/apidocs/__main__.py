"""Write the API's page into docs/api: `python -m tools.apidocs`."""

import yaml

from tools.apidocs.page import PAGE, page
from tools.openapi import DOCUMENT
from tools.terminal import out, run_tool


def main() -> None:
    PAGE.write_text(page(yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))), encoding="utf-8")
    out.print(f"{PAGE}, {PAGE.stat().st_size / 1e6:.1f} MB: open it in a browser, no server and no network needed.")


if __name__ == "__main__":
    run_tool(main)
