"""Open every page of the documentation in Chromium, as a phone and as a desk have it, by day and by night.

python -m sphinx docs docs/_build && python examples/pages_check.py docs/_build --browser /usr/bin/chromium

It needs Debian's `chromium` and `pip install playwright`. Checked are: nothing in the console, no picture that is
missing, no scrolling of the whole page to the side, and nothing that sticks out of it. Pictures of all pages are left
in `--out`, to be looked at. Without `--browser` the pages are counted.
"""

import argparse
import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

WIDTHS, SCHEMES = (360, 1400), ("light", "dark")
# What can be scrolled by itself, as code and wide tables are, does not stick out.
STICKS_OUT = """() => {
    const scrolls = (e) => e && (/auto|scroll|hidden/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
    return [...document.querySelectorAll("article *")]
        .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e.parentElement) && !scrolls(e))
        .map((e) => e.tagName + ": " + e.innerText.slice(0, 60)).slice(0, 3);
}"""
MISSING = "() => [...document.images].filter((i) => !i.complete || !i.naturalWidth).map((i) => i.src)"


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *_):
        """Say nothing."""

    def do_GET(self):
        """Serve a file; browsers ask for an icon too, which there is none of."""
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()


def look(page, address, picture):
    """Return what is wrong with a page in a browser."""
    wrong = []
    page.on("console", lambda message: wrong.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.goto(address)
    page.evaluate("document.querySelectorAll('img').forEach((i) => { i.loading = 'eager'; })")
    page.wait_for_load_state("networkidle")
    wrong += [f"missing: {source}" for source in page.evaluate(MISSING)]
    wrong += [f"sticks out: {told}" for told in page.evaluate(STICKS_OUT)]
    if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        wrong.append("wider than the window")
    page.screenshot(path=picture, full_page=True)
    return wrong


def main(pages, out="pages_check", browser=None):
    root, faults = Path(pages).resolve(), []
    files = sorted(file.relative_to(root) for file in root.glob("**/*.html") if "_static" not in file.parts)
    if not files:
        raise SystemExit(f"no pages in {root}: python -m sphinx docs docs/_build")
    print(f"{len(files)} pages")
    if browser is None:
        return faults
    from playwright.sync_api import sync_playwright

    Path(out).mkdir(parents=True, exist_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=root))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=browser) as opened:
        for width, scheme in ((width, scheme) for width in WIDTHS for scheme in SCHEMES):
            page = opened.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
            for file in files:
                tab, name = page.new_page(), "-".join(file.with_suffix("").parts)
                address = f"http://127.0.0.1:{server.server_port}/{file.as_posix()}"
                found = look(tab, address, Path(out, f"{name}-{width}-{scheme}.png"))
                tab.close()
                faults += [f"{file}, {width} pixels, {scheme}: {told}" for told in found]
    print(*faults, f"{len(files) * len(WIDTHS) * len(SCHEMES)} views, {len(faults)} faults", sep="\n")
    return faults


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", help="the folder that Sphinx has built")
    parser.add_argument("--out", default="pages_check", help="a folder for pictures of all pages")
    parser.add_argument("--browser")
    raise SystemExit(bool(main(**vars(parser.parse_args()))))
