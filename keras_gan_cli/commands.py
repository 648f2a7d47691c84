"""The commands and their options, as `--help` shows them. What they do is in the modules of their names.

Importing keras_gan takes seconds, so what is said of it here, RECIPES and the like, is written out: a test compares.
"""

import os
import sys
from pathlib import Path

import click

from keras_gan_cli import checks, start
from keras_gan_cli.parameters import MAX_SEED, Count, Seeds, Size, answers
from keras_gan_cli.views import VIEWS
from keras_gan_cli.workers import launch

WHICH = ("last", "best")
KEPT = ("best,last", "last")
RECIPES = (
    *("biggan", "biggan_deep", "cut", "cyclegan", "dcgan", "digits", "fashion_mnist", "fastgan", "pix2pix"),
    *("r3gan", "sagan", "sngan", "srgan", "stylegan2"),
)
BAD_IMAGE = ("error", "skip")
FIT = ("crop", "pad", "stretch")
FORMATS = ("tf_saved_model", "onnx", "litert", "litert_float16", "litert_int8", "keras")
_IN_MEMORY = {"auto": "auto", "yes": True, "no": False}

_SEED = click.IntRange(0, MAX_SEED)
_GAN = click.Path(exists=True, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)
_POINTS = click.Path(exists=True, dir_okay=False, path_type=Path)
_DIRECTORY = click.Path(file_okay=False, path_type=Path)
_RUN = click.Path(exists=True, file_okay=False, path_type=Path)
_LABEL = click.option(
    "--label", multiple=True, help="A class by name or number; several in turn.  [default: all in turn]"
)
_CONDITION = click.option(
    "--condition",
    multiple=True,
    metavar="NAME=NUMBER|FILE",
    help="As age=0.3; or a .npy of vectors, in turn.  [default: those of the data]",
)
_TRUNCATION = click.option(
    "--truncation", type=click.FloatRange(0), help="Bound of the latents; of StyleGAN2 psi.  [default: none]"
)
_CACHE_DIR = click.option("--cache-dir", type=_DIRECTORY, help="For prepared data.  [default: ~/.cache/keras_gan]")
_WHICH = click.option(
    "--which", type=click.Choice(WHICH), default="last", help="Of a run: its last model, or the best by --metric."
)
_AVERAGE = click.option(
    "--average", type=click.IntRange(0), help="Of several moving averages, by its number in `info`.  [default: sampled]"
)
_PLACE = click.option(
    "--in-memory",
    type=click.Choice([*_IN_MEMORY]),
    default="auto",
    callback=lambda _context, _option, value: _IN_MEMORY[value],
    help="Whether DATA are; auto: what fits well.",
)


@click.command()
@click.argument("data", default="digits")
@click.option("--recipe", type=click.Choice(RECIPES), help="Networks and rules.  [default: by DATA, size, --from]")
@click.option("--images", type=Count(), help="How long, in images: 400k, 1.5M.  [default: the recipe's]")
@click.option("--epochs", type=click.IntRange(1), help="How long, in passes over DATA.  [default: by --images]")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="As loss=hinge; see `info RECIPE`.  [default: its rules]",
)
@click.option("--image-size", type=Size(8, 1024), help="Resize to it: 8 to 1024, or 48x64.  [default: the recipe's]")
@click.option("--fit", type=click.Choice(FIT), help="What is done about other proportions.  [default: crop]")
@click.option("--channels", type=click.IntRange(1, 64), help="1 grey, 3 RGB, 4 with alpha.  [default: theirs]")
@click.option("--background", help="Behind transparency, and padding: a colour.  [default: black]")
@click.option("--value-range", type=float, nargs=2, help="Black and white of 16 bits or floats.  [default: 0 65535]")
@click.option("--labels", help="folders, none, or a .csv, .jsonl or dataset.json.  [default: folders]")
@click.option("--on-bad-image", type=click.Choice(BAD_IMAGE), help="Skip up to a tenth of a folder.  [default: error]")
@_PLACE
@_CACHE_DIR
@click.option("--seed", type=_SEED, default=0, help="Of all random numbers.")
@click.option("--out", type=_DIRECTORY, default="runs", help="Where runs go.")
@click.option("--minutes", type=click.FloatRange(0, min_open=True), default=5, help="Between two checkpoints.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, help="Processes on this machine, to try them out.")
@click.option(
    "--from", "start", type=_GAN, metavar="PATH", help="Fine-tune that of a run or a .keras file.  [default: none]"
)
@click.option(
    "--metric", multiple=True, help="Measure the samples meanwhile; the first chooses the best.  [default: none]"
)
@click.option("--every", type=Count(), help="Images between two measurements: 50k.  [default: a tenth]")
@click.option("--patience", type=click.IntRange(1), help="End after so many with nothing better.  [default: never]")
@click.option("--keep", type=click.Choice(KEPT), help="Beside the last the best, as best.keras.  [default: best,last]")
@click.option("--features", help="For --metric, as in `evaluate`.  [default: by the data]")
@click.option("--freeze", type=click.IntRange(1), help="Convolutions of its discriminator that stay.  [default: none]")
@click.option("--resume", type=_RUN, metavar="RUN", help="Go on with the run of this directory.  [default: a new run]")
@click.option("--dry-run", is_flag=True, help="Tell what is chosen and what it takes; keep nothing.")
@answers
def train(workers: int, **given: object) -> None:
    """Train a GAN on DATA: a recipe's name, a TFDS data set, or images: a folder, a .zip, a .tar, a .npy or an .npz.

    Without DATA it learns the 1,797 real digits of scikit-learn, each by its label. Each run gets a numbered directory
    under --out with its options, its log, pictures of its samples, checkpoints and the trained gan.keras.

    The recipe looks at DATA and tells what it chooses, and why; --set changes a choice. --resume with a longer --images
    or --epochs goes on beyond the end.

    --metric compares samples with DATA again and again, tells the floor, keeps the best in best.keras beside gan.keras,
    and with --patience ends where nothing better comes: `--metric frechet_distance --every 50k --patience 5`.

    --from begins with the weights, the average and ADA's probability of another GAN, as far as they fit.

    --dry-run trains for some seconds to see how fast this machine is and what memory it takes, and keeps nothing.

    All GPUs of the machine are used, and all workers that the environment's TF_CONFIG names.

    SIGTERM and Ctrl-C write one more checkpoint before they end the run: exit code 143 or 130.
    """
    checks.check_train(given)
    if workers > 1 and "TF_CONFIG" not in os.environ:
        sys.exit(launch(workers, [sys.executable, "-m", "keras_gan_cli", *click.get_current_context().obj]))
    start.run("train", **given)


@click.command()
@click.argument("path", type=_GAN)
@click.option("--num", type=click.IntRange(1, 1_000_000), help="How many samples.  [default: 100]")
@click.option("--seed", type=_SEED, help="Of the latents of all samples.  [default: 0]")
@click.option("--seeds", type=Seeds(), metavar="LIST", help="A sample of each, as 3,17,20-25.  [default: --seed alone]")
@_LABEL
@_CONDITION
@_TRUNCATION
@click.option("--scale", type=click.IntRange(1, 64), default=4, help="Each pixel becomes a square of this side.")
@click.option("--out", type=_FILE, default="samples.png", help=".png, .tif or .npy.")
@_WHICH
@_AVERAGE
@answers
def sample(**given: object) -> None:
    """Draw samples from PATH, a run's directory or a .keras file.

    A .png gets a grid, a .tif or a .npy all samples one after another. Values are as in the files that the run was
    trained on: 8 or 16 bits, or floats. Where that is not known, a .npy gets the float32 array in [-1, 1] that
    `GAN.sample` returns.

    --seeds gives sample number 0 of each seed, with the class whose turn is the seed: what `keras-gan explore` shows.
    """
    checks.check_sample(given)
    start.run("sample", **given)


@click.command()
@click.argument("path", type=_GAN)
@click.option("--view", type=click.Choice([*VIEWS]), default="wall", help="What is shown.")
@click.option("--seeds", type=Seeds(), metavar="LIST", help="As 3,17,20-25.  [default: by --view]")
@_LABEL
@_CONDITION
@_TRUNCATION
@click.option("--space", type=click.Choice(["z", "w"]), help="Of latents, or styles.  [default: w, where there is one]")
@click.option("--steps", type=click.IntRange(2, 10_000), help="Of a way, or of a search.  [default: by --view]")
@click.option("--places", type=Seeds(), metavar="LIST", help="Of mixed styles, as 0-3.  [default: the second half]")
@click.option(
    "--points", type=_POINTS, metavar="FILE", help="A projection's .npz; --seeds choose of it.  [default: none]"
)
@click.option("--data", help="Pictures: for nearest and projection.  [default: the run's]")
@click.option(
    "--scale", type=click.IntRange(1, 64), help="Each pixel becomes a square of this side.  [default: by size]"
)
@click.option("--out", type=_FILE, help="A file.  [default: explore.html, or by --view]")
@_WHICH
@_AVERAGE
@answers
def explore(**given: object) -> None:
    """Look around in what PATH has learnt, a run's directory or a .keras file.

    The wall is one .html with the samples of --seeds, to choose from; it gives the command that samples what is chosen.

    \b
    interpolation  a video of the way through --seeds and back: .webp, .gif, or .mp4 with imageio-ffmpeg
    grid           between four --seeds, as the corners of a .png
    truncation     --seeds from the mean to the rare
    mixing         the styles of the second half of --seeds in the first half, at --places
    directions     a seed along the directions that change most (SeFa)
    nearest        the training pictures that are nearest to --seeds: does it copy?
    projection     the first pictures of --data, and what comes nearest to them; its points go into an .npz, from which
                   the others begin with --points
    """  # noqa: D301
    checks.check_explore(given)
    start.run("explore", **given)


_REVERSE = click.option("--reverse", is_flag=True, help="The way back, of a game that goes both ways.")


@click.command()
@click.argument("path", type=_GAN)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=_DIRECTORY, required=True, help="Where the pictures go, under their names.")
@click.option("--tile", type=click.IntRange(16, 8192), help="Pixels a side at once.  [default: as PATH takes, or 512]")
@click.option("--overlap", type=click.IntRange(0, 4096), help="Pixels that tiles share.  [default: 64, or half a tile]")
@click.option(
    "--value-range", type=float, nargs=2, help="Black and white of deep files.  [default: PATH's, or 0 65535]"
)
@_REVERSE
@_AVERAGE
@answers
def translate(**given: object) -> None:
    """Translate the pictures of FOLDER, and of all folders in it, by PATH, a run's directory or a .keras file.

    Pictures of any side are translated, in tiles that leave no seam. They are read as the run has read its own, and
    written as .png under the same names, of 16 bits where the pictures have as many, else of 8. Those that are there
    already are left, so that an interrupted call can be repeated.
    """
    start.run("translate", **given)


@click.command()
@click.argument("arguments", nargs=-1, required=True, metavar="[PATH] DATA")
@click.option("--metric", multiple=True, help="One by name, as often as wanted.  [default: the four usual ones]")
@click.option("--num", type=click.IntRange(2, 1_000_000), help="Samples of each side.  [default: as many as there are]")
@click.option("--image-size", type=Size(4, 1024), help="Of the images.  [default: PATH's, or their own]")
@click.option("--split", default="train", help="The part of DATA, as TFDS writes it.")
@click.option(
    "--features", help="See below: classifier, contrastive, inception, none, a .keras, a .pth.  [default: by DATA]"
)
@click.option("--seed", type=_SEED, default=0, help="Of the samples, or of the halves.")
@_WHICH
@_AVERAGE
@_PLACE
@_CACHE_DIR
@click.option("--real-vs-real", is_flag=True, help="The floor: two halves of DATA, read as by PATH.")
@answers
def evaluate(arguments: tuple[str, ...], real_vs_real: bool, average: int | None, **given: object) -> None:
    """Measure how near what PATH makes, a run's directory or a .keras file, comes to DATA.

    DATA is a data set's name or a folder, as for `train`. The four usual metrics are frechet_distance, kernel_distance,
    precision_recall and density_coverage; others, and those that pin the counts (fd10k, fd50k_full, ...), are listed
    when a name is wrong. A JSON file gets all that makes the numbers comparable.

    DATA of a translation, which is a run's, are read as its run has read its own. Of pairs each translation is compared
    with its target: l1, psnr, ssim and ms_ssim. Without pairs it is the frechet_distance and the kernel_distance of
    each domain, translated, to the other; the classifier is one of the two domains.

    Samples are compared by the features of a classifier that is trained on the same split of DATA, or, where these have
    no labels, of a network that learns to tell them from each other (contrastive). Others are inception, a network of
    yours in a .keras file, and DINOv2's ViT-S/14, of its dinov2_vits14_pretrain.pth.

    --real-vs-real gives the floor, of half of DATA against the other half. With PATH too DATA are read as for it, at
    its size. Compare the floor with samples of PATH at the same --num.
    """
    checks.check_evaluate(arguments, real_vs_real, average)
    path, data = arguments if len(arguments) == 2 else (None, *arguments)
    start.run("evaluate", path=path, data=data, real_vs_real=real_vs_real, average=average, **given)


@click.command()
@click.argument("path", type=_GAN)
@click.option("--format", type=click.Choice(FORMATS), default="tf_saved_model", help="What is written.")
@click.option("--out", type=click.Path(path_type=Path), help="Where.  [default: saved_model, or generator.SUFFIX]")
@click.option("--batch-size", type=click.IntRange(1), help="Samples of each call.  [default: any]")
@_REVERSE
@_WHICH
@_AVERAGE
@answers
def export(**given: object) -> None:
    """Export the generator of PATH, a run's directory or a .keras file, for other programs.

    A SavedModel loads with `tf.saved_model.load` where keras_gan is not installed; its signatures are `serving_default`
    and `sample`, of a translation `translate_uint8`. Others hold what `serving_default` does: onnx (.onnx, needs `pip
    install 'keras_gan[onnx]'`), litert (.tflite, also with float16 or int8 weights), keras (.keras, the generator
    alone).

    Each file is tried in the program that reads it: the largest difference to the samples is printed, and one that
    differs is not kept.
    """
    start.run("export", **given)


@click.command()
@click.option("--list", "listed", is_flag=True, help="Show what there is, as without an option.")
@click.option(
    "--remove", multiple=True, metavar="NAME", help="One by its name in the list, or all.", show_default="none"
)
@_CACHE_DIR
@answers
def data(**given: object) -> None:
    """Show or remove what was prepared of data that memory does not hold.

    It is prepared again when it is needed.
    """
    start.run("data", **given)


@click.command()
@click.argument("path", required=False)
@answers
def info(**given: object) -> None:
    """Describe PATH, a run's directory or a .keras file, or a recipe with its settings; else the installation."""
    start.run("info", **given)
