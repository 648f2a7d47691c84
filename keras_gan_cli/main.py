"""The command `keras-gan`: its group, and how it ends."""

import sys
import traceback
from collections.abc import Sequence

import click

from keras_gan_cli.commands import data, evaluate, explore, export, info, sample, train, translate
from keras_gan_cli.telling import card, report

EXIT_FAILED = 1
EXIT_UNFORESEEN = 70
EXIT_INTERRUPTED = 130


@click.group(context_settings={"show_default": True, "help_option_names": ["-h", "--help"]})
@click.version_option(package_name="keras_gan", prog_name="keras-gan")
@click.option("--debug", is_flag=True, help="Show the traceback of an error, and what TensorFlow writes.")
def cli(debug: bool) -> None:
    """Train GANs with Keras, look at what they make, and export them."""


for _command in (train, sample, explore, translate, evaluate, report, card, export, data, info):
    cli.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line: every error is one line, and the exit code says whose it is.

    0: done. 1: the machine refused (a full disk, no permission, a library that can't be loaded), or training met NaN.
    2: bad input, and nothing was written. 70: an error of ours. 130, 143: interrupted by Ctrl-C, by SIGTERM.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if any("\0" in argument for argument in given):
            raise click.UsageError("An argument must hold no NUL character. Received: one that does")
        code = cli.main(given, prog_name="keras-gan", standalone_mode=False, obj=given)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "")
        sys.exit(0)
    except click.ClickException as error:
        _fail(error.exit_code, error.format_message(), given)
    except (KeyboardInterrupt, click.Abort):
        _fail(EXIT_INTERRUPTED, "interrupted", given)
    except (OSError, ImportError) as error:
        _fail(EXIT_FAILED, str(error), given)
    except Exception as error:
        message = f"{type(error).__name__}: {error} (this is a bug; --debug shows where)"
        _fail(EXIT_UNFORESEEN, message, given)


def _fail(code: int, message: str, arguments: Sequence[str]) -> None:
    if "--debug" in arguments:
        traceback.print_exc()
    click.echo(f"keras-gan: {' '.join(message.split())}", err=True)
    sys.exit(code)
