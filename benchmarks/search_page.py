"""Take the picture of the search page that the documents show: docs/images/search-page.png.

    python benchmarks/search_page.py [picture]

It serves the texts in seeds/ and opens the page in Chromium, which must be there, as must a font
for Vietnamese (Debian: apt-get install chromium fonts-noto-core).
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from shutil import which

import uvicorn
from playwright.sync_api import ViewportSize, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "examples"))

from demo import build_index
from seed_texts import read_folder

from searchlib.serve import create_app

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs/images/search-page.png"
SIZE: ViewportSize = {"width": 1180, "height": 760}
LARGEST = 200_000  # bytes
QUERY = "?q=hop+tac+quoc+hoi+cooperation&filter._language=vi&filter._language=en&ui=en"
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")


def serve() -> tuple[uvicorn.Server, str]:
    """Serve the seeds in a thread; return the server and its address."""
    index, _ = build_index(read_folder(ROOT / "seeds"))
    app = create_app(index, name="Seeds", facets=["published", "organisation", "_language"])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    return server, f"http://127.0.0.1:{port}/"


def main(picture: Path) -> None:
    """Take it."""
    browser_path = which("chromium")
    if browser_path is None:
        sys.exit("no chromium: apt-get install chromium fonts-noto-core")
    server, address = serve()
    picture.parent.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        page = browser.new_page(viewport=SIZE, locale="en-GB")
        page.goto(address + QUERY)
        page.wait_for_selector(".hits article")
        page.screenshot(path=picture)
        browser.close()
    server.should_exit = True
    size = picture.stat().st_size
    print(f"{picture}: {size:,} bytes")
    if size > LARGEST:
        sys.exit(f"more than {LARGEST:,} bytes: too large for the documents")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE)
