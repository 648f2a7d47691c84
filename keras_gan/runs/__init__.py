"""Run directories: one numbered directory a training run, with everything that belongs to it.

```python
training = keras_gan.runs.start(keras_gan.recipes.get("digits").but(images="100k"))
training.train()
keras_gan.runs.resume(training.run.path, images="200k").train()
```
"""

from keras_gan.runs.dry_run import DryRun, dry_run
from keras_gan.runs.run_directory import Run, class_names, condition_names, depth, load_options
from keras_gan.runs.selection import Selection
from keras_gan.runs.training_run import TrainingRun, read_like, resume, start
from keras_gan.runs.write_card import write_card
from keras_gan.runs.write_report import write_report

__all__ = [
    "DryRun",
    "Run",
    "Selection",
    "TrainingRun",
    "class_names",
    "condition_names",
    "depth",
    "dry_run",
    "load_options",
    "read_like",
    "resume",
    "start",
    "write_card",
    "write_report",
]
