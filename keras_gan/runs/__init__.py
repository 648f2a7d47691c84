"""Run directories: one numbered directory a training run, with everything that belongs to it.

```python
training = keras_gan.runs.start(keras_gan.recipes.get("digits").but(images="100k"))
training.train()
keras_gan.runs.resume(training.run.path, images="200k").train()
```
"""

from keras_gan.runs.run import Run, class_names
from keras_gan.runs.training_run import TrainingRun, resume, start

__all__ = ["Run", "TrainingRun", "class_names", "resume", "start"]
