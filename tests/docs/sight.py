"""What a person would see of the API's page, and what is wrong with it.

The picture is not compared with a stored one: another font, another version of the browser and every change of the
contract move pixels. What holds on any machine is looked at instead: three columns stand side by side where the
page's own boxes are, each has its own ground, and there is writing on each.
"""

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

WIDTH, HEIGHT = 1440, 900
# Redoc draws the contract in about 2 s on two cores; ten times that is a page that never comes.
DRAWN_WITHIN_SECONDS = 20
CLICKED_WITHIN_MS = 3_000
# Share of a column's pixels that differ from its ground: less is a blank column, more is no text on a ground.
INK = (0.005, 0.5)
# Relative luminance of the ground of a column, 0 black to 255 white.
GROUNDS = {"menu": (220, 255), "text": (240, 255), "samples": (0, 90)}

_COLUMNS = """
(operation) => {
  const box = (element) => element.getBoundingClientRect().toJSON();
  const section = document.getElementById(operation);
  const [text, samples] = section.querySelector(":scope > div").children;
  return { menu: box(document.querySelector(".menu-content")), text: box(text), samples: box(samples) };
}
"""
_COLOURS = """
async ([picture, columns]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + picture;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const seen = {};
  for (const [name, box] of Object.entries(columns)) {
    const left = Math.max(0, box.x), top = Math.max(0, box.y);
    const width = Math.min(image.width, box.right) - left, height = Math.min(image.height, box.bottom) - top;
    if (width < 1 || height < 1) { seen[name] = { ground: -1, ink: 0 }; continue; }
    const { data } = canvas.getImageData(left, top, width, height);
    const levels = new Uint32Array(256);
    for (let i = 0; i < data.length; i += 4)
      levels[Math.round(0.2126 * data[i] + 0.7152 * data[i + 1] + 0.0722 * data[i + 2])]++;
    const ground = levels.indexOf(Math.max(...levels));
    const ink = levels.reduce((sum, count, level) => sum + (Math.abs(level - ground) > 32 ? count : 0), 0);
    seen[name] = { ground, ink: ink / (data.length / 4) };
  }
  return seen;
}
"""


@dataclass
class Sight:
    """What was seen of one page: `listed` tells of each place whether it is reached, the rest is of the last one."""

    drawn: bool
    asked: list[str]
    complaints: list[str]
    title: str
    listed: dict[str, bool]
    columns: Mapping[str, Mapping[str, float]]
    colours: Mapping[str, Mapping[str, float]]


def look(browser: Browser, file: Path, places: Mapping[str, str], picture: Path | None = None) -> Sight:
    """Open a page from the disk, without a network, go to each place and look closely at the last one."""
    asked: list[str] = []
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, offline=True)
    try:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None,
        )
        page.goto(file.as_uri())
        if not _drawn(page, complaints):
            return Sight(False, _elsewhere(asked, file), complaints, page.title(), {}, {}, {})
        listed = {name: _reached(page, anchor) for name, anchor in places.items()}
        columns = page.evaluate(_COLUMNS, list(places.values())[-1])
        shot = page.screenshot(path=picture)
        blank = context.new_page()
        colours = blank.evaluate(_COLOURS, [base64.b64encode(shot).decode(), columns])
        return Sight(True, _elsewhere(asked, file), complaints, page.title(), listed, columns, colours)
    finally:
        context.close()


def anchors(document: Mapping[str, Any]) -> dict[str, str]:
    """Return where on the page Redoc puts each operation."""
    operations = [each for path in document["paths"].values() for each in path.values() if isinstance(each, dict)]
    return {each["operationId"]: f"tag/{each['tags'][0]}/operation/{each['operationId']}" for each in operations}


def _drawn(page: Page, complaints: list[str]) -> bool:
    """Wait until the page says that it is drawn; what has complained before that never will be."""
    deadline = time.monotonic() + DRAWN_WITHIN_SECONDS
    while not page.locator("html[data-drawn=yes]").count():
        if complaints or time.monotonic() > deadline:
            return False
        page.wait_for_timeout(50)
    return True


def _elsewhere(asked: list[str], file: Path) -> list[str]:
    return [url for url in asked if url != file.as_uri() and not url.startswith(("data:", "blob:"))]


def _reached(page: Page, anchor: str) -> bool:
    """Tell whether an operation is in the menu, under its tag, and a click there brings its heading into view."""
    link = page.locator(f'[data-item-id="{anchor}"] > label')
    heading = page.locator(f'[id="{anchor}"] h2')
    if link.count() != 1 or heading.count() != 1:
        return False
    if not link.is_visible():
        page.locator(f'[data-item-id="{anchor.partition("/operation/")[0]}"] > label').click()
    link.click(timeout=CLICKED_WITHIN_MS)
    box = heading.bounding_box()
    return box is not None and 0 <= box["y"] < HEIGHT


def faults(sight: Sight, title: str) -> list[str]:
    """Return everything that is wrong with what was seen, in words."""
    found = [f"the page asks for {url}" for url in sight.asked]
    found += [f"the browser complains: {text}" for text in sight.complaints]
    if sight.title != title:
        found.append(f"the title is {sight.title!r}")
    if not sight.drawn:
        return [*found, "the page is not drawn"]
    found += [f"{name} cannot be reached" for name, reached in sight.listed.items() if not reached]
    menu, text, samples = (sight.columns[name] for name in ("menu", "text", "samples"))
    if not menu["x"] == 0 < menu["width"] <= text["x"] < text["x"] + text["width"] <= samples["x"] + 1 < WIDTH:
        found.append(f"the columns do not stand side by side: {sight.columns}")
    for name, seen in sight.colours.items():
        lowest, highest = GROUNDS[name]
        if not lowest <= seen["ground"] <= highest:
            found.append(f"the ground of {name} has luminance {seen['ground']}")
        if not INK[0] <= seen["ink"] <= INK[1]:
            found.append(f"{seen['ink']:.1%} of {name} is written on")
    return found
