"""Open the report of a run of 200 grids in Chromium, as a phone and as a desk have it, by day and by night.

python examples/report_check.py --browser /usr/bin/chromium --axe node_modules/axe-core/axe.min.js

It needs Debian's `chromium`, `pip install playwright`, and `npm install axe-core`. Checked are: less than 5 MB, open
within a second, nothing in the console, no violation that axe finds, slider and curves by mouse and keys, no scrolling
to the side, and that names and options with markup run nothing. Without `--browser` the page is made and weighed.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image

from keras_gan import report
from keras_gan.runs import Run, write_report

HOSTILE = "</script><img src=x onerror='window.ran = true'><script>window.ran = true</script>"
PIXELS, STEPS, BATCH = 330, 100_000, 64  # the sides of a grid of 10 x 10 samples of 32 x 32


def made_run(root, count):
    """Return a run of so many grids in colour, from noise to shapes, which are as hard to compress as real ones."""
    run = Run.create(root, "checked", {"recipe": HOSTILE, "settings": {HOSTILE: 1, "batch_size": BATCH}})
    random = np.random.default_rng(0)
    shape = random.uniform(0, 255, (33, 33, 3)).repeat(10, 0).repeat(10, 1)
    steps = np.linspace(0, STEPS, count).astype(int)
    run.samples.mkdir()
    for step in steps:
        pixels = shape + random.normal(0, 100 - 80 * step / STEPS, (PIXELS, PIXELS, 3))
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(run.samples / f"step_{step:08d}.png")
    names = ["d_loss", "g_loss", "d_real", "d_fake", "d_accuracy", "r_t", "r1", "ada_p", "d_gradient_norm"]
    names += ["g_gradient_norm", "val_frechet_distance", HOSTILE]
    rows = np.exp(random.normal(0, 0.1, (len(steps), len(names))).cumsum(0))
    lines = [f"1,{step}," + ",".join(map(str, row)) for step, row in zip(steps, rows.tolist(), strict=True)]
    run.log_file.write_text("\n".join([",".join(["epoch", "step", *names]), *lines]) + "\n")
    stretches = tuple(report.Stretch(0, step, 0.01 * step, 800_000_000) for step in steps.tolist())
    told = {"directions": {"frechet_distance": "down"}, "warnings": (HOSTILE,), "stretches": stretches}
    report.Journal("GAN", {"generator": 1_000_000}, BATCH, STEPS, **told).write(run.journal_file)
    floor = {"name": "frechet_distance", "value": 0.2, "num_real": 900, "num_fake": 900, "extractor": HOSTILE}
    (run.path / "floor.json").write_text(json.dumps({"real_vs_real": True, "metrics": [floor]}))
    return run


def look(page, file, axe, picture):
    """Return what is wrong with the page in a browser."""
    wrong = []
    page.on("console", lambda message: wrong.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.goto(f"file://{file}")
    took = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    slider = page.get_by_role("slider")
    before, box = int(slider.input_value()), slider.bounding_box()
    slider.press("ArrowRight")
    by_key = int(slider.input_value())
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    page.locator(".canvas").first.press("ArrowLeft")
    by_mouse, shown = int(slider.input_value()), page.locator(".at-slider img").get_attribute("alt")
    checks = {
        f"open after {took:.0f} ms": took < 1000,
        "slider by keys": by_key == before + 1,
        "slider by mouse": by_mouse > by_key and slider.get_attribute("aria-valuetext") in shown,
        "curves by keys": "images: " in page.locator("#announcement").inner_text(),
        "no wider than the page": page.evaluate("document.documentElement.scrollWidth <= innerWidth"),
        "markup that runs": page.evaluate("window.ran === undefined"),
    }
    page.screenshot(path=picture, full_page=True)
    found = page.evaluate(axe.read_text() + "axe.run()")["violations"]  # the page's own policy would not let it in
    wrong += [name for name, holds in checks.items() if not holds]
    return took, [*wrong, *(f"axe: {each['id']}: {each['nodes'][0]['html']}" for each in found)]


def main(out, count=200, browser=None, axe=None):
    file = write_report([made_run(out, count).path], Path(out, "report.html")).resolve()
    print(f"{count} grids: {(size := file.stat().st_size) / 1e6:.2f} MB")
    faults = ["too large"] * (size >= 5e6)
    if browser is None:
        return faults
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=browser) as opened:
        for width in (360, 1400):
            for scheme in ("light", "dark"):
                page = opened.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
                took, found = look(page, file, Path(axe), Path(out, f"report-{width}-{scheme}.png"))
                print(f"{width} pixels, {scheme}: open after {took:.0f} ms, {'; '.join(found) or 'no fault'}")
                faults += found
    return faults


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default="report_check")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--browser")
    parser.add_argument("--axe")
    raise SystemExit(bool(main(**vars(parser.parse_args()))))
