"""The parts of an update: players, minibatches, objective, gradients, optimizers, averages, the guard against NaN."""
