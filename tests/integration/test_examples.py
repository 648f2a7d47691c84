"""Each example runs in a short form, and stays an example."""

import ast
import importlib
import importlib.util
import json
import re
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import keras_gan


def page(out):
    """Return a folder with one page."""
    (out / "index.html").write_text("<p>Nothing.</p>")
    return out


def pictures(out):
    """Return a folder of 40 pictures."""
    for index in range(40):
        (out / "pictures").mkdir(exist_ok=True)
        pixels = np.random.default_rng(index).integers(0, 256, (12, 16, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(out / "pictures" / f"{index}.png")
    return out / "pictures"


def classes(out):
    """Return a folder of two folders of pictures, a dark and a bright one."""
    for index in range(160):
        folder = out / "classes" / ("dark", "bright")[index % 2]
        folder.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(index).integers(0, 128, (8, 8, 3)) + 127 * (index % 2)
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{index}.png")
    return out / "classes"


def begun(out):
    """Return the file of a DCGAN that has learnt nothing yet."""
    recipe = keras_gan.recipes.get("dcgan").but(data=str(pictures(out)), image_size=8, width=4, batch_size=8, images=8)
    recipe.make(recipe.load()).save(out / "begun.keras")
    return out / "begun.keras"


def installed():
    """Return the trackers that are here; without any the test is skipped."""
    found = [name for name in ("wandb", "mlflow") if importlib.util.find_spec(name)]
    return found or pytest.skip("neither wandb nor mlflow is installed")


EXAMPLES = Path(__file__).parents[2] / "examples"
SHORT = {
    "the_game.py": lambda main, out: main(rounds=80, out=out / "the_game.png"),
    "digits.py": lambda main, out: main(epochs=1, steps_per_epoch=100, out=out),
    "gallery.py": lambda main, out: main("4k", ["healthy", "rate-too-large"], out),
    "your_own_networks.py": lambda main, out: main(epochs=2, out=out),
    "your_own_loss.py": lambda main, out: main(epochs=2, out=out),
    "your_own_game.py": lambda main, out: main(epochs=2, out=out / "game.keras"),
    "low_data.py": lambda main, out: main(seeds=[0], steps=100),
    "mode_coverage.py": lambda main, out: main(["ring"], ["ours", "pacgan2"], [0], steps=250),
    "product.py": lambda main, out: main(all=False, each=5),
    "house.py": lambda main, out: main(),
    "way.py": lambda main, out: main(),
    "pix2pix.py": lambda main, out: main(pictures(out), 16, 4, 2, 4, False, 0, out),
    "cut.py": lambda main, out: main(pictures(out), pictures(out), 32, 4, 1, 1, 8, 0, out),
    "cyclegan.py": lambda main, out: main(pictures(out), pictures(out), 32, 4, 1, 1, 8, 0, out),
    "super_resolution.py": lambda main, out: main(pictures(out), 32, 4, 1, 1, 8, 0, out),
    "exploration.py": lambda main, out: main(steps=40, out=out),
    "conditions.py": lambda main, out: main(seeds=[0], steps=100),
    "digits_quality.py": lambda main, out: main(seeds=[0], images="128k"),
    "endurance.py": lambda main, out: main(steps=200, samples=2000),
    "crash_test.py": lambda main, out: print(command("crash_test.py", "--kills", "1")),  # its processes need its name
    "benchmarks/checkpoint.py": lambda main, out: main(saves=2, width=16, out=out / "checkpoint.json"),
    "benchmarks/tiles.py": lambda main, out: main(side=160, tile=64, blocks=1, overlap=32, out=out / "tiles.json"),
    "benchmarks/measuring.py": lambda main, out: main(
        pictures(out), 8, images=256, settings={"width": 2, "batch_size": 8}, out=out / "measuring.json"
    ),
    "benchmarks/gpu_step.py": lambda main, out: main("write", out / "programs", ["mlp"]),
    "benchmarks/scaling.py": lambda main, out: main(
        devices=[1, 2], batch=4, steps=2, rounds=1, out=out / "scaling.json"
    ),
    "benchmarks/guard.py": lambda main, out: main(pairs=2, batch=2, side=8, jit_compile=False, out=out / "guard.json"),
    "fuzz.py": lambda main, out: main(commands=80, images=40, models=20),
    "report_check.py": lambda main, out: main(out, count=3),
    "pages_check.py": lambda main, out: main(page(out)),
    "mutations.py": lambda main, out: main(out=out / "mutations", count=2),
    "best_epoch.py": lambda main, out: main(epochs=3, steps_per_epoch=200, classifier_steps=100),
    "default_run.py": lambda main, out: main(pictures(out), 8, 640, {"width": 8}, out / "runs"),
    "metrics_rank.py": lambda main, out: main("digits", count=150, seeds=[0], steps=100, json_file=out / "rank.json"),
    "ema_widths.py": lambda main, out: main("20k", classifier_steps=50, out=out / "best.keras"),
    "trackers.py": lambda main, out: main(installed(), epochs=2, steps_per_epoch=5, classifier_steps=5, out=out / "t"),
    "benchmarks/import_time.py": lambda main, out: main(pairs=1),
    "benchmarks/cli_start.py": lambda main, out: main(starts=1),
    "benchmarks/train_step.py": lambda main, out: main("mlp", batch=8, rounds=2, out=out / "step.json"),
    "benchmarks/layers.py": lambda main, out: main(
        ["few"], {"few": [(1, 16, 4, 8, 4, 2), (2, 16, 16, 1, 5, 1), (2, 8, 4, 4, 3, 1)]}, 1, out / "layers.json"
    ),
    "benchmarks/forms.py": lambda main, out: main(batch=2, side=4, channels=32, rounds=1, out=out / "forms.json"),
    "benchmarks/sampling.py": lambda main, out: main("mlp", samples=64, batch=16, out=out / "sampling.json"),
    "benchmarks/metrics.py": lambda main, out: main(images=2000, dimensions=64, json_file=out / "metrics.json"),
    "benchmarks/fit.py": lambda main, out: main(batch=8, steps=4, rounds=1, out=out / "fit.json"),
    "benchmarks/end_of_fit.py": lambda main, out: main(fits=2, longest=0.5, out=out / "end.json"),
    "benchmarks/exports.py": lambda main, out: main(["mlp"], ["tf_saved_model", "litert"], out=out / "exports.json"),
    "benchmarks/lazy.py": lambda main, out: main("mlp", 8, rounds=1, every=True, out=out / "lazy.json"),
    "benchmarks/input_pipeline.py": lambda main, out: main("mlp", 8, 32, 4, 1, out=out / "input.json"),
    "benchmarks/how_many_images.py": lambda main, out: main(
        ["digits"], [50], ["none", "ada"], [0], 640, {"width": 8}, out / "how_many.json"
    ),
    "benchmarks/equal_time.py": lambda main, out: main(
        classes(out), ["dcgan"], 0.05, None, [0], 8, True, {"width": 4, "batch_size": 8}, out / "equal"
    ),
    "benchmarks/fine_tuning.py": lambda main, out: main(
        str(begun(out)), str(pictures(out)), 8, 0.05, [0], {"width": 4, "batch_size": 8}, out / "fine"
    ),
    "benchmarks/r3gan_claim.py": lambda main, out: main(
        128, [0], 8, 64, 1e-3, ["hinge"], "fashion_mnist", out / "claim"
    ),
    "benchmarks/two_styles.py": lambda main, out: main(
        [pictures(out)] * 2, ["pix2pix", "cut", "srgan"], 8, 16, {"width": 2}, out / "styles"
    ),
    "benchmarks/networks_step.py": lambda main, out: main("r3gan", 2, 1, 1, [], ["copied"], out / "step.json"),
    "benchmarks/zoo.py": lambda main, out: main(
        pictures(out), ["dcgan"], 8, 0.01, ["width=4", "batch_size=8"], out / "zoo.json"
    ),
    "benchmarks/large_data.py": lambda main, out: main(
        count=60, few=20, batch=4, steps=2, rounds=1, directory=out, out=out / "large.json"
    ),
    "benchmarks/growth.py": lambda main, out: main(
        (32, 64), (2, 4), width=2, batch=2, bound=0.0, steps=20, out=out / "growth.json"
    ),
}
# Even in short they take half a minute or more, and prove nothing that no other test does.
FULL = {
    "best_epoch.py",
    "benchmarks/equal_time.py",
    "benchmarks/fine_tuning.py",
    "metrics_rank.py",
    "mode_coverage.py",
    "product.py",
    "benchmarks/growth.py",
    "benchmarks/how_many_images.py",
    "benchmarks/import_time.py",
    "benchmarks/large_data.py",
    "benchmarks/metrics.py",
    "benchmarks/networks_step.py",
    "benchmarks/r3gan_claim.py",
    "benchmarks/scaling.py",
    "benchmarks/two_styles.py",
    "benchmarks/zoo.py",
}
MAKES = {
    "the_game.py": ["the_game.png"],
    "digits.py": ["samples/step_00000100.png", "samples/samples.gif", "log.csv", "gan.keras", "saved_model"],
    "gallery.py": ["gallery-healthy.png", "gallery-rate-too-large.png"],
    "your_own_networks.py": ["step_00000056.png"],
    "your_own_loss.py": ["step_00000056.png", "gan.keras"],
    "your_own_game.py": ["game.keras"],
    "low_data.py": [],
    "mode_coverage.py": [],
    "product.py": [],
    "house.py": [],
    "way.py": [],
    "digits_quality.py": [],
    "exploration.py": ["truncation.png", "mixing_fine.png", "interpolation.png", "way.webp", "explore.html"],
    "conditions.py": [],
    "cut.py": ["held_out.png", "cut.keras"],
    "cyclegan.py": ["there.png", "back.png", "cyclegan.keras"],
    "super_resolution.py": ["held_out.png", "super_resolution.keras"],
    "pix2pix.py": ["grids/samples.gif", "log.csv", "pix2pix.keras"],
    "crash_test.py": [],
    "endurance.py": [],
    "benchmarks/checkpoint.py": ["checkpoint.json"],
    "benchmarks/tiles.py": ["tiles.json"],
    "benchmarks/measuring.py": ["measuring.json"],
    "benchmarks/gpu_step.py": ["programs/mlp.mlir", "programs/mlp.npz"],
    "benchmarks/guard.py": ["guard.json"],
    "benchmarks/scaling.py": ["scaling.json"],
    "fuzz.py": [],
    "report_check.py": ["report.html", "0001-checked/floor.json"],
    "mutations.py": ["mutations/gan.keras", "mutations/1.keras", "mutations/pictures/1.png"],
    "best_epoch.py": [],
    "ema_widths.py": ["best.keras"],
    "default_run.py": ["runs/0001-training/samples/samples.gif", "runs/0001-training/gan.keras"],
    "metrics_rank.py": ["rank.json"],
    "trackers.py": [],
    "benchmarks/import_time.py": [],
    "benchmarks/cli_start.py": [],
    "benchmarks/train_step.py": ["step.json"],
    "benchmarks/layers.py": ["layers.json"],
    "benchmarks/forms.py": ["forms.json"],
    "benchmarks/sampling.py": ["sampling.json"],
    "benchmarks/metrics.py": ["metrics.json"],
    "benchmarks/fit.py": ["fit.json"],
    "benchmarks/end_of_fit.py": ["end.json"],
    "benchmarks/exports.py": ["exports.json"],
    "benchmarks/lazy.py": ["lazy.json"],
    "benchmarks/input_pipeline.py": ["input.json"],
    "benchmarks/equal_time.py": ["equal/results.json", "equal/dcgan-0.png"],
    "benchmarks/fine_tuning.py": ["fine/results.json", "fine/fine-tuned 0.png"],
    "benchmarks/large_data.py": ["large.json"],
    "benchmarks/r3gan_claim.py": ["claim/results.json", "claim/hinge-0.png"],
    "benchmarks/two_styles.py": ["styles/results.json", "styles/held_out.png", "styles/srgan.keras"],
    "benchmarks/networks_step.py": ["step.json"],
    "pages_check.py": [],
    "benchmarks/zoo.py": ["zoo.json"],
    "benchmarks/growth.py": ["growth.json"],
    "benchmarks/how_many_images.py": ["how_many.json"],
}


def command(name, *arguments):
    """Return what an example prints that is run as a command."""
    done = subprocess.run([sys.executable, EXAMPLES / name, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


HOUSE = {
    "door.py": '''"""A door."""  # of wood

def knock(times: "Any", *names, loud: Optional[Any] = None) -> None:
    """Knock.

    Loudly.
    """
    for _ in range(times):  # noqa: B007
        # Not with the foot.
        print(names)
''',
    "cellar/stairs.py": '''class Stairs:
    def climb(self, to: Any | None, *, by: int | Any, key: "str # 1", **kwargs: Any): return to

    @classmethod
    def of(cls, steps: list[Any]):
        """Nothing but this."""
''',
}


def test_house_counts_what_was_counted_by_hand(tmp_path):
    for name, source in HOUSE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
    lines = [line.split() for line in command("house.py", tmp_path, "--most", "1").splitlines()]
    assert lines[0][:5] == ["2", "files,", "median", "8", "lines;"]
    assert lines[1] == ["10", "door.py"]
    assert lines[2] == ["3", "functions,", "median", "body", "1", "lines,", "longest", "3"]
    assert lines[5] == ["the", "package", "16", "12.5", "8", "5", "62.5", "%"]
    assert lines[6] == ["cellar", "6", "0.0", "5", "2", "40.0", "%"]
    assert lines[7] == ["the", "files", "beside", "them", "10", "20.0", "3", "3", "100.0", "%"]
    assert lines[-1] == ["3", "door.py"]


def test_none_is_forgotten_and_each_is_short():
    shared = {
        path.relative_to(EXAMPLES).as_posix()
        for part in ("benchmarks/sides", "crash", "notebooks")
        for path in (EXAMPLES / part).glob("*.py")
    }
    assert {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*.py")} == set(SHORT) | shared
    for name in SHORT:
        assert len((EXAMPLES / name).read_text().splitlines()) < 100, name


def names_of(source):
    """Return the dotted names of the package that a file reads, as `keras_gan.metrics.get`."""
    tree, known, found = ast.parse(source), {}, set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known |= {(one.asname or one.name).split(".")[0]: one.name.split(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            known |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
            found |= {f"{node.module}.{one.name}" for one in node.names}
    for node in ast.walk(tree):
        parts = []
        while isinstance(node, ast.Attribute):
            parts, node = [node.attr, *parts], node.value
        if parts and isinstance(node, ast.Name) and node.id in known:
            found.add(".".join([known[node.id], *parts]))
    return sorted(name for name in found if name.split(".")[0] in ("keras_gan", "keras_gan_cli"))


def exists(name):
    """Return whether the package has what a name says, as far as it leads through modules and classes."""
    first, *parts = name.split(".")
    found = importlib.import_module(first)
    for part in parts:
        if not isinstance(found, (types.ModuleType, type)):
            return True  # of an instance it is not known before it runs
        if not hasattr(found, part):
            try:
                importlib.import_module(f"{found.__name__}.{part}")
            except ImportError:
                return False
        found = getattr(found, part)
    return True


def test_a_name_that_is_gone_is_found():
    imports = "import keras_gan\nfrom keras_gan import metrics as m\n"
    source = imports + "m.samples.check(1)\nkeras_gan.GAN.fit\nm.get('fid').x\n"
    assert [name for name in names_of(source) if not exists(name)] == ["keras_gan.metrics.samples.check"]


@pytest.mark.parametrize("path", [path.relative_to(EXAMPLES).as_posix() for path in sorted(EXAMPLES.rglob("*.py"))])
def test_what_an_example_names_is_there(path):
    """The longest of them run with `--full` alone."""
    names = names_of((EXAMPLES / path).read_text())
    assert [name for name in names if not exists(name)] == []


def test_the_gallery_shows_every_run_of_its_command():
    runs = re.search(r"^RUNS = {.*?^}", (EXAMPLES / "gallery.py").read_text(), re.M | re.S)[0]
    names = re.findall(r'^    "([\w-]+)":', runs, re.M)
    assert len(names) >= 7
    page = (EXAMPLES.parent / "docs" / "gallery.md").read_text()
    pictures = {
        path.stem.removeprefix("gallery-"): path for path in EXAMPLES.parent.glob("docs/pictures/gallery-*.png")
    }
    assert set(pictures) == set(names)
    for name, path in pictures.items():
        assert f"](pictures/{path.name})" in page
        assert f"| `{name}` |" in page, "its numbers"
        assert path.stat().st_size < 60_000


@pytest.mark.long
@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.full] * (name in FULL)) for name in SHORT])
def test_example(name, tmp_path, monkeypatch, capsys, tfds_dir, registry, two_replicas):
    # TensorFlow's collectives do not forget an earlier strategy of the process.
    monkeypatch.setattr(tf.distribute, "MirroredStrategy", lambda devices: two_replicas)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend((EXAMPLES / name).parent)  # where Python looks when it runs an example
    monkeypatch.setenv("KERAS_GAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", str(EXAMPLES.parent))  # for the processes that an example starts
    spec = importlib.util.spec_from_file_location(Path(name).stem, EXAMPLES / name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    SHORT[name](module.main, tmp_path)
    for made in MAKES[name]:
        assert (tmp_path / made).exists(), made
        if made.endswith(".png") and name != "mutations.py":
            assert min(Image.open(tmp_path / made).size) > 80
    if name == "your_own_loss.py":
        assert capsys.readouterr().out.endswith("a margin of 2.0\n")
    if name == "gallery.py":
        lines = [line.split() for line in capsys.readouterr().out.splitlines() if line[:1].isalpha()]
        assert [line[0] for line in lines] == ["healthy", "rate-too-large"]
        healthy, too_large = (np.array(line[1:], float) for line in lines)
        assert np.isfinite(healthy).all()
        gaps = [numbers[2] - numbers[4] for numbers in (healthy, too_large)]  # d_real - d_fake
        assert gaps[1] > 4 * gaps[0], gaps
    if name == "default_run.py":
        assert "from step 200 on: deviations at least" in capsys.readouterr().out
    if name == "product.py":
        assert "7 games, all finite" in capsys.readouterr().out
    if name == "crash_test.py":
        assert "arrays, unequal: []\nlogs of 12 epochs, equal: True" in capsys.readouterr().out
    if name == "endurance.py":
        result = json.loads(capsys.readouterr().out)
        assert result["traces"] == 1
        assert len(result["open files"]) == len(result["threads"]) == 1
        assert result["largest difference to the samples of another number"] < 1e-5
        assert result["bytes beside the samples"] < 5e7
        assert len(result["checkpoints left"]) == 3
    if name == "fuzz.py":
        out = capsys.readouterr().out
        assert out.endswith("faults: 0\n"), out
        assert sum(int(line.split(": ")[2]) for line in out.splitlines()[:-2]) == 80 + 40 + 20
    if name == "low_data.py":
        none, diff_augment, ada, real = map(float, capsys.readouterr().out.splitlines()[1].split()[1:])
        assert len({none, diff_augment, ada}) > 1, "augmentation is in the game"
        assert real > 90
    if name == "mode_coverage.py":
        lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("0 ")]
        assert len(lines) == 2
        assert float(lines[0][1]) >= 2, "a few of the eight modes are there after 1/60 of the steps"
    if name == "digits_quality.py":  # 2,000 of the recipe's 8,000 steps are worth this much already
        _, agreement, usefulness, copies, _ = map(float, capsys.readouterr().out.splitlines()[-1].split())
        assert agreement > 95
        assert usefulness > 90
        assert copies < 2
    if name == "metrics_rank.py":
        table = [line for line in capsys.readouterr().out.splitlines() if "!" in line]
        assert any(line.startswith("frechet_distance") for line in table)
        assert any(line.startswith("authenticity") for line in table)
    if name == "benchmarks/train_step.py":
        sides = json.loads((tmp_path / "step.json").read_text())["sides"]
        assert {"keras_gan", "bare", "copied", "keras_gan (XLA)", "bare (XLA)", "copied (XLA)"} <= set(sides)
    if name == "benchmarks/how_many_images.py":
        assert "| digits | 50 |" in capsys.readouterr().out
    if name == "benchmarks/metrics.py":
        measured = json.loads((tmp_path / "metrics.json").read_text())
        assert list(measured) == ["frechet", "neighbours", "distance"]
        assert measured["frechet"]["peak_MiB"] < 1024
        assert measured["neighbours"]["peak_MiB"] < measured["neighbours"]["buffers_MiB"] + 256
