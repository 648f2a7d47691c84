"""The base of every adversarial game: players that take turns."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan import distribution
from keras_gan.random import RandomStream
from keras_gan.training.game import optimizers as optimizers_lib
from keras_gan.training.game.averages import Averages
from keras_gan.training.game.gradients import Gradients, HasGradients, accumulated, differentiate, suspects, watching
from keras_gan.training.game.logs import Sums
from keras_gan.training.game.nonfinite_guard import SKIPS, NonFiniteGuard, guarded
from keras_gan.training.game.player import Player
from keras_gan.training.loop import changes
from keras_gan.training.loop.compiler import by_xla
from keras_gan.training.loop.keras_trainer import KerasTrainer
from keras_gan.training.loop.steps_per_execution import StepsPerExecution
from keras_gan.training.loop.worker_consensus import WorkerConsensus
from keras_gan.types import Batch, Config, Logs, OptimizerLike, Tensor, Variable
from keras_gan.utils.networks import check_precision, walk
from keras_gan.utils.validation import check_choice, check_seed


class AdversarialModel(KerasTrainer):
    """A `keras.Model` in which several players train against each other, each with an optimizer of its own.

    It knows players, not GANs: their optimizers, updates, loss scaling, moving averages, random numbers and logs are
    here, the loops and saving in its bases; a subclass says how a batch becomes a round and what each player's loss is.
    `GAN` is the first game.

    A subclass

    - passes its players to `super().__init__`, and keeps each argument of its constructor as the attribute of its name,
      which saving reads;
    - declares in `log_names` what it logs;
    - calls `compile_players(optimizers={player: optimizer}, arguments={...})` from its `compile`, with the arguments
      that the user gave, which `load_model` will call it with again;
    - in `train_step` makes each player's update by `descend` (or, of several micro-batches, by `tape`, `differentiate`
      and `update` or `update_together`), calls `update_average(rows)` and returns `finish_step()`;
    - in `test_step`, if it has one, draws from `evaluation_random` and returns `finish_evaluation_step(...)`.

    Args:
        players: in the order of their turns.
        seed: of all random numbers of the steps, in `[0, 2^31)`.
        name: the model's name.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Guard the `train_step` of each game."""
        super().__init_subclass__(**kwargs)
        if "train_step" in cls.__dict__:
            cls.train_step = guarded(cls.train_step)

    averages: dict[str, list[keras.Model]]
    rules_config: Config
    _averages: Averages
    _moving: Sequence[keras.layers.Layer]
    _seen: changes.Seen

    def __init__(self, players: Sequence[Player], *, seed: int = 0, name: str | None = None) -> None:
        networks = [network for player in players for network in player.networks]
        check_precision(networks)
        super().__init__(name=name, dtype="float32")  # the networks cast what they are called with, each for itself
        self.seed = check_seed("seed", seed)
        self.networks = networks
        for network in self.networks:
            distribution.check_scope(network)
        # Not "sum": Keras adds by assigning `self + 1`, and two replicas that do so to 3 would make it 8.
        options = {"trainable": False, "aggregation": "only_first_replica"}
        self.step = self.add_weight((), "zeros", "int64", name="step", **options)
        self.players = {player.name: player for player in players}
        self._averages = Averages(self.players)
        self.averages = self._averages.copies  # where saving, which walks all attributes, finds them
        self.known_weights = changes.Weights()
        self.known_weights.note(self)
        # Keras takes a model for built when it was called, which a GAN is not by its steps: it would refuse to save it.
        self.built = True
        self._fixed = True

    @property
    def weights(self) -> list[Variable]:
        """All weights but `step`, those of the averages last: `set_weights` restores what `get_weights` saw."""
        own = [weight for weight in super().weights if weight is not self.step]
        return [*own, *(weight for copy in self._averages.networks for weight in copy.weights)]

    @property
    def networks_and_copies(self) -> list[keras.Model]:
        """The players' networks and their averages."""
        return [*self.networks, *self._averages.networks]

    def averaged_networks(self) -> Iterator[tuple[str, keras.Model, keras.Model]]:
        """Yield each player's name and network with its average."""
        return self._averages.pairs()

    def restart_average(self) -> None:
        """Give every average the weights that its networks have now.

        After weights came from elsewhere, as by `gan.generator.load_weights(...)`: samples are the average's, which
        would go on from what the weights were before.
        """
        self._averages.restart()
        self.known_weights.forget()

    def check_unchanged(self) -> None:
        """Raise if networks or optimizers are no longer what `compile` and the traced step know."""
        self._seen.check(self)

    # Compile: the optimizers, and what `load_model` needs to call `compile` again.

    def compile_players(
        self,
        optimizers: Mapping[str, OptimizerLike],
        arguments: Config,
        moving: Sequence[keras.layers.Layer] = (),
        on_nonfinite: str = "stop",
        steps_per_execution: int | str = 1,
        jit_compile: bool | str = "auto",
        run_eagerly: bool = False,
    ) -> None:
        """Give each player an optimizer, and build all state of training before the first trace.

        Args:
            optimizers: by player's name; under `mixed_float16` each is wrapped in a loss scale of its own.
            arguments: what else the subclass's `compile` was called with, by name: without the optimizers and the last
                four arguments below, which it takes too.
            moving: layers besides the networks that have state which a step moves, such as terms.
            on_nonfinite: what a step does whose loss or gradients are not finite. It changes nothing but `step`; then
                `"stop"` raises `NonFiniteError`, `"skip"` goes on, but for more than 100 such steps.
            steps_per_execution: steps that run in one call of the graph, or `"auto"`; see `GAN.compile`.
            jit_compile: as in `GAN.compile`.
            run_eagerly: as in Keras.
        """
        check_precision(self.networks)
        distribution.check_strategy(self.distribute_strategy)
        pace = StepsPerExecution(steps_per_execution)
        replicas = self.distribute_strategy.num_replicas_in_sync
        compiler = by_xla(jit_compile, self.networks, run_eagerly, replicas, arguments)
        check_choice("on_nonfinite", on_nonfinite, SKIPS)
        execution: Config = {"jit_compile": jit_compile, "run_eagerly": run_eagerly, "on_nonfinite": on_nonfinite}
        # In the scope where the networks were made, wherever `compile` is called: an optimizer that is made here from
        # its name would otherwise belong to no strategy, and could not move their variables.
        with self.distribute_strategy.scope(), self.changing_rules():
            distribution.warn_of_layers(layer for network in self.networks for layer in walk(network))
            chosen = optimizers_lib.get_each(optimizers, self.players)
            # Without an argument Keras makes an RMSprop for all weights, which nobody would use.
            super().compile(None, steps_per_execution=pace.steps, jit_compile=compiler, run_eagerly=run_eagerly)
            self._steps_per_execution = execution["steps_per_execution"] = steps_per_execution
            # The user's optimizers, not the prepared ones: `compile` wraps them again when the model is loaded.
            self._compile_arguments = {**arguments, **chosen, **execution}
            for name, player in self.players.items():
                optimizer = optimizers_lib.prepare(chosen[f"{name}_optimizer"], player)
                setattr(self, f"{name}_optimizer", optimizer)
            self.optimizer = optimizers_lib.OptimizerGroup({name: self._optimizer(name) for name in self.players})
            self.consensus, self.guard = WorkerConsensus(), NonFiniteGuard(on_nonfinite)
            self.set_logs()
            self._moving = tuple(moving)
            self._seen = changes.Seen(self.players)
            self.rules_config = self.get_compile_config()

    def _optimizer(self, player: str) -> keras.optimizers.Optimizer:
        return getattr(self, f"{player}_optimizer")

    # The step.

    def descend(self, player: str, compute_loss: Callable[[Batch], tuple[Tensor, Sums]], batch: Batch) -> Tensor:
        """Make one update of a player: compute its loss, differentiate it, move its networks.

        Args:
            player: the player's name.
            compute_loss: from a batch to what the player minimises (a float32 scalar, the mean over this replica's
                rows, not scaled) and what is logged.
            batch: what is given to it.

        Returns:
            The norm of the gradient, over all replicas, as a float32 scalar.
        """
        with self.tape(player) as tape:
            loss, logs = compute_loss(batch)
        return self.update(player, [self.differentiate(player, tape, loss, logs)])

    def tape(self, player: str) -> tf.GradientTape:
        """Return a tape of the player's variables; it may record in several `with`."""
        return watching(self.players[player].trainable_variables)

    def differentiate(
        self, player: str, tape: tf.GradientTape, loss: Tensor, logs: Sums, microbatches: int = 1
    ) -> Gradients:
        """Log, and return the gradients of a player's loss on a micro-batch.

        Args:
            player: the player's name.
            tape: of its variables, which has recorded the loss.
            loss: what it minimises, a float32 scalar: the mean over this replica's rows.
            logs: what is logged.
            microbatches: of equal size, of which this is one: their gradients are averaged.
        """
        self.log(logs)
        # Each micro-batch of each replica gives its share of the global mean.
        share = self._optimizer(player).scale_loss(tf.constant(1.0)) / (distribution.num_replicas() * microbatches)
        return Gradients(loss, logs, differentiate(tape, loss, self.players[player].trainable_variables, share))

    def update(self, player: str, turns: Sequence[HasGradients]) -> Tensor:
        """Move a player's networks down the gradients of its turns, by its optimizer.

        Args:
            player: the player's name.
            turns: on all micro-batches of this update: `Gradients`, or whatever has them as `gradients`.

        Returns:
            The norm of the gradient, over all replicas, as a float32 scalar.
        """
        return self.update_together({player: turns})[player]

    def update_together(self, turns: Mapping[str, Sequence[HasGradients]]) -> dict[str, Tensor]:
        """Make the updates of several players, by gradients of what all were before.

        By player's name it takes what `update` takes, and returns what that returns: the norms, float32 scalars. All
        are judged before one moves: so the guard needs no copy of what moves here, should one not be finite.
        """
        judged = {player: self._judged(player, played) for player, played in turns.items()}
        for player, (gradients, _) in judged.items():
            self._apply(player, gradients)
        return {player: norm for player, (_, norm) in judged.items()}

    def _judged(self, player: str, turns: Sequence[HasGradients]) -> tuple[list[Tensor], Tensor]:
        """Return the gradients of a player's update, which the guard has judged, and their norm."""
        gradients = [turn.gradients for turn in turns]
        # In this order: summed, then judged, then clipped by the optimizer. Keras clips and judges each replica's own
        # gradients and sums afterwards: the clipped norms differ from those of one device, and an infinity that the
        # first replica does not have reaches the weights.
        values, totals = self._over_replicas(*accumulated(gradients))
        scale = self._optimizer(player).scale_loss(tf.constant(1.0))
        norm = tf.linalg.global_norm(values) / scale if values else tf.constant(0.0)
        # One number for all gradients: a single NaN is in their norm too. (Finite gradients may overflow it. Then all
        # are looked at, and nothing is found.)
        finite = tf.math.is_finite(norm)
        if isinstance(self._optimizer(player), keras.optimizers.LossScaleOptimizer):
            finite |= scale > 1.0  # it skips its update and lowers its scale, where that is to blame
        named = dict(zip(("total", *gradients[0].logs), tf.unstack(totals), strict=True))
        self.guard.judge(finite & tf.math.is_finite(named["total"]), suspects(self.players[player], named, values))
        return values, norm

    def _over_replicas(self, gradients: Sequence[Tensor], totals: Tensor) -> tuple[list[Tensor], Tensor]:
        """Return both summed over the replicas, in one reduction, which also carries what workers ask of each other."""
        *summed, heard = distribution.global_sum([*gradients, tf.concat([totals, self.consensus.asked()], axis=0)])
        self.consensus.hear(heard[totals.shape[0] :])
        return summed, heard[: totals.shape[0]]

    def _apply(self, player: str, gradients: Sequence[Tensor]) -> None:
        variables, optimizer = self.players[player].trainable_variables, self._optimizer(player)
        if variables:  # none of a frozen player, as in the theory of the optimal discriminator
            moved = [*variables, *optimizer.variables]
            apply = functools.partial(optimizers_lib.apply, optimizer, gradients, variables)
            self.guard.move(apply, moved, across_replicas=True)

    def random(self, rows: Tensor, scope: str = "") -> RandomStream:
        """Return the random numbers of this step for a batch of which each replica holds `rows` rows."""
        return RandomStream(self.seed, self.step.value, distribution.first_position(rows), scope)

    def log(self, sums: Sums) -> None:
        """Add to the means of this epoch; see `keras_gan.training.game.logs.sums`."""
        self._training_means.update_state(sums)

    def update_average(self, rows: Tensor) -> None:
        """Move every average towards its networks: `average += (1 - decay) * (weight - average)`.

        All floating-point weights are averaged, others are copied; `rows` are those of this step on each replica.
        """
        # Each replica finds spectral norms by itself. A run that goes on has those of the first, to the last bit.
        distribution.equalize([v for network in self.networks for v in network.non_trainable_variables])
        if moved := self._averages.moved:
            images = rows * distribution.num_replicas()
            self.guard.move(lambda: self._averages.move(self.step.value, images), moved)

    def finish_step(self) -> Logs:
        """Count the step, and return the means of what was given to `log`. A `train_step` ends with this."""
        self.step.assign_add(self.guard.advance())
        return self._training_means.result()

    @property
    def state(self) -> list[Variable]:
        """All variables that a step reads or moves, but `step`, each once: networks, averages, optimizers, means.

        What is derived from others is not kept.
        """
        holders = [*self.networks_and_copies, *(self._optimizer(name) for name in self.players), *self._moving]
        variables = self._averages.not_derived(variable for holder in holders for variable in holder.variables)
        return list({id(variable): variable for variable in [*variables, *self._training_means.variables]}.values())

    def evaluation_random(self, rows: Tensor) -> RandomStream:
        """Return the random numbers for a batch of an evaluation: a function of its position there, not of `step`."""
        # Not by `step`, with which every batch of an evaluation would have the same latents. Keras resets the metric
        # that counts its rows with the others, at the beginning of each.
        before = tf.cast(self._evaluated.result(), tf.int64)
        return RandomStream(self.seed, 0, before + distribution.rows_before(rows))
