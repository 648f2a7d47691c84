"""What is done about files that are no readable images: an error at the first, or a count."""

import os

from keras_gan.utils.validation import InputError, check_choice, warn

CHOICES = ("error", "skip")
MOST_SKIPPED = 0.1  # of the files: with more, something else is wrong than a few files
_SHOWN = 3


class BadImage(InputError):  # noqa: N818 (users see its base alone)
    """A file that should be an image and can't be read as one."""

    def __init__(self, file: str, problem: str) -> None:
        super().__init__(f"`path` must hold readable images. Received: {file!r}, {problem}")
        self.file = file
        self.problem = problem


class BadImages:
    """Raises at the first bad image, or counts them.

    Args:
        on_bad_image: `"error"` or `"skip"`.
    """

    def __init__(self, on_bad_image: str) -> None:
        self._raises = check_choice("on_bad_image", on_bad_image, CHOICES) == "error"
        self.found: list[BadImage] = []

    def add(self, error: BadImage) -> None:
        """Raise `error`, or count it."""
        if self._raises:
            raise error
        if all(error.file != other.file for other in self.found):  # all may be looked at again
            self.found.append(error)

    def check(self, path: str, total: int) -> None:
        """Raise if more than a tenth of the files were bad (and more than one), or all; warn if any was.

        Args:
            path: of the folder or the archive.
            total: how many files there were, the bad ones among them.
        """
        bad = len(self.found)
        if not bad:
            return
        first = "; ".join(f"{os.path.basename(error.file)!r}: {error.problem[:200]}" for error in self.found[:_SHOWN])
        if bad > max(1, int(MOST_SKIPPED * total)) or bad == total:
            raise InputError(
                f"`on_bad_image` skips at most {MOST_SKIPPED:.0%} of the images. "
                f"Received: path={path!r}, in which {bad} of {total} are bad: {first}"
            )
        more = f" and {bad - _SHOWN} more" if bad > _SHOWN else ""
        warn(f"skipped {bad} of {total} images of {path!r}: {first}{more}")
