"""A training on what lies on disk, in a process of its own: `python one_training.py FOLDER CACHE BATCH STEPS`.

Prints its resident memory, and the seconds from `load` to the first step.
"""

import json
import sys
import time

import keras
import numpy as np
import psutil
from pictures import SIDE, make_gan

import keras_gan


def main(folder, cache, batch, steps):
    gan = make_gan(batch)
    gan.fit(np.zeros((batch, SIDE, SIDE, 3), "float32") + np.random.uniform(size=(SIDE, SIDE, 3)) - 0.5, verbose=0)
    begin, started = time.perf_counter(), []
    data = keras_gan.data.load(folder, labels=None, batch_size=batch, in_memory=False, cache_dir=cache)
    first = keras.callbacks.LambdaCallback(on_train_batch_begin=lambda batch, logs: started.append(time.perf_counter()))
    gan.fit(data, steps_per_epoch=steps, callbacks=[first], verbose=0)
    print(json.dumps({"resident": psutil.Process().memory_info().rss, "start": started[0] - begin}))


if __name__ == "__main__":
    main(*sys.argv[1:3], *map(int, sys.argv[3:]))
