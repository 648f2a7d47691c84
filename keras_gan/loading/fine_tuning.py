"""Where fine-tuning begins: what another game has learnt, in networks that need not be the same."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras
import tensorflow as tf

from keras_gan.layers import AuxiliaryDecoder
from keras_gan.loading.alignment import Alignment, aligned
from keras_gan.terms import Term
from keras_gan.training.game.averages import moving_averages
from keras_gan.training.game.moving_average import MovingAverage
from keras_gan.training.generative_model import GenerativeModel
from keras_gan.types import Variable
from keras_gan.utils.networks import by_distance, kernels
from keras_gan.utils.validation import InputError, check_integer

_NAMED = 4  # weights that are listed
_LEAST = 0.01  # of a network's numbers: with less than that nothing is begun with


@dataclass(frozen=True)
class CarriedOver:
    """What one game was given of another.

    Attributes:
        source: what the other is called for people, such as its file.
        shares: of the numbers of each network that were carried over, by the network's name.
        others: the weights that were not, as `"name (shape)"`, by the network's name.
        besides: what was carried over besides, and what was not, in words.
        moved: names of networks whose layers went to others with maps of other sides, since more could be carried over
            so; else they went to those of the same size.
    """

    source: str
    shares: dict[str, float]
    others: dict[str, list[str]]
    besides: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether all weights were carried over."""
        return not any(self.others.values())

    def __str__(self) -> str:
        """Return a line for each network, and one for what came besides."""
        lines = [f"begun from:    {self.source}, with fresh optimizers"]
        for name, share in self.shares.items():
            others = self.others[name]
            more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
            anew = f"; anew: {', '.join(others[:_NAMED])}{more}" if others else ""
            moved = ", to maps of other sides" if name in self.moved else ""
            lines.append(f"  {name}: {share:.1%} of its numbers{moved}{anew}")
        return "\n".join([*lines, *(f"  {line}" for line in self.besides)])


def carry_over(
    source: GenerativeModel, target: GenerativeModel, name: str = "another game", frozen: bool = False
) -> CarriedOver:
    """Give a game the weights that another has learnt, its moving average, and what its augmentation and terms know.

    Weights go from layer to layer of the same kind, where their shape is the same. So of networks for another number of
    classes or of channels all else is carried over, and of those that grow by a size. Layers go to those of the same
    size; where far more can be carried over so, to those whose maps are as many sizes above the smallest, or below the
    largest. The optimizers begin anew, as the steps do.

    Args:
        source: of the same kind, with the same players.
        target: compiled, and not trained yet.
        name: of the source, for people.
        frozen: whether `freeze` has frozen layers of the target, which then must be among what is carried over.

    Raises:
        InputError: the games are of other kinds, next to nothing of a network can be carried over, or a frozen layer
            can't be.

    Example:
    ```python
    print(carry_over(keras_gan.load("faces.keras"), gan))
    ```
    """
    _check_kind(source, target, name)
    shares, others, moved = {}, {}, []
    for player in target.players.values():
        pairs = zip(source.players[player.name].networks, player.networks, strict=True)
        for index, (theirs, ours) in enumerate(pairs, 1):
            key = player.name if len(player.networks) == 1 else f"{player.name} {index}"
            alignment = _carry(theirs, ours)
            carried = {id(weight) for _, weight in alignment.pairs}
            moved += [key] * alignment.moved
            shares[key] = _numbers([w for w in ours.weights if id(w) in carried]) / max(_numbers(ours.weights), 1)
            others[key] = [_told(weight) for weight in ours.weights if id(weight) not in carried]
            if shares[key] < _LEAST:
                raise InputError(
                    f"`start` must be a game whose {key} has layers of the same kind and shape, such as one of the "
                    f"same width. Received: {name}, with {shares[key]:.2%} of the numbers that are needed"
                )
    parts = [*_averages(source, target), *_augmentations(source, target), *_terms(source, target)]
    parts += _frozen(target, others, name) if frozen else []
    target.known_weights.note(target)
    return CarriedOver(name, shares, others, tuple(parts), tuple(moved))


def freeze(game: GenerativeModel, layers: int) -> None:
    """Keep the layers of the discriminator next to the image as they are, and compile again: FreezeD.

    They know what pictures look like, whatever is in them; so little data do not spoil them. Mo et al. 2020,
    arXiv:2002.10964.

    Args:
        game: compiled, with one discriminator.
        layers: how many convolutions and their like, from the image on. Normalizations go on: frozen, they would take
            moving statistics in place of those of the batch.

    Raises:
        InputError: the game has several discriminators, or fewer layers than these and one.
    """
    discriminator = getattr(game, "discriminator", None)
    if discriminator is None:
        raise InputError(f"`freeze` is for games with one discriminator. Received: a {type(game).__name__}")
    images = game.signature.images_among(discriminator.inputs)
    known = [layer for layer in by_distance(discriminator, images) if not isinstance(layer, AuxiliaryDecoder)]
    check_integer("freeze", layers, minimum=0, bound=max(len(known) - 1, 0))
    for layer in known[:layers]:
        for each in kernels(layer):
            each.trainable = False
    game.compile_again()


def _frozen(game: GenerativeModel, others: dict[str, list[str]], name: str) -> list[str]:
    """Return words for the frozen layers of the discriminator; raise for one that is as it was drawn: it stays so."""
    (discriminator,) = game.players["discriminator"].networks
    layers = [layer for layer in discriminator.layers if layer.weights and not layer.trainable]
    drawn = [text for layer in layers for w in layer.weights if (text := _told(w)) in others["discriminator"]]
    if drawn:
        raise InputError(
            "`freeze` must be for layers that are carried over, since what is drawn has to be trained. "
            f"Received: freeze={len(layers)}, and nothing in {name} for {', '.join(drawn[:_NAMED])}"
        )
    return [f"frozen in the discriminator: {', '.join(layer.name for layer in layers)}"]


def _check_kind(source: GenerativeModel, target: GenerativeModel, name: str) -> None:
    """Raise unless both are games of one kind, with as many networks."""
    kinds, counts = [], []
    for game in (source, target):
        kinds.append(type(game))
        counts.append({player: len(each.networks) for player, each in game.players.items()})
    if not (issubclass(*kinds) or issubclass(*reversed(kinds))) or counts[0] != counts[1]:
        raise InputError(
            f"`start` must hold a {kinds[1].__name__} with the networks {counts[1]}. "
            f"Received: {name}, of a {kinds[0].__name__} with {counts[0]}"
        )


def _carry(theirs: keras.Model, ours: keras.Model) -> Alignment:
    """Set weights of a network to those of another, and return which."""
    alignment = aligned(theirs, ours)
    for source, target in alignment.pairs:
        target.assign(source)
    return alignment


def _told(weight: Variable) -> str:
    return f"{weight.path} {tuple(weight.shape)}"


def _numbers(weights: Sequence[Variable]) -> int:
    return sum(math.prod(weight.shape) for weight in weights)


def _averages(source: GenerativeModel, target: GenerativeModel) -> list[str]:
    """Give each average what the other's has, or else what its network has."""
    told = []
    for name, copies in target.averages.items():
        networks = target.players[name].networks
        theirs = list(source.averages.get(name, source.players[name].networks))
        if len(theirs) != len(copies):  # of other numbers of averages it is the one that is sampled
            first = source.sampled_average * len(networks)
            theirs = theirs[first : first + len(networks)] * (len(copies) // len(networks))
        for index, (other, average) in enumerate(zip(theirs, copies, strict=True)):
            average.set_weights(networks[index % len(networks)].get_weights())
            _carry(other, average)
        several = "s" if len(copies) > len(networks) else ""
        origin = "" if name in source.averages else ", from its weights"
        anew = [_begins_anew(rule) for rule in moving_averages(target.players[name].average)]
        until = f" ({'' if all(anew) else 'some '}until the first step, which begins anew)" if any(anew) else ""
        told.append(f"the average{several} of the {name}{origin}{until}")
    return told


def _begins_anew(rule: MovingAverage) -> bool:
    """Return whether the first step replaces most of what an average begins with, as where it is shorter at first."""
    return float(rule.decay_at(tf.constant(0, tf.int64), tf.constant(1))) < 0.5


def _augmentations(source: GenerativeModel, target: GenerativeModel) -> list[str]:
    """Let the augmentation begin where the other's has come to, if it is of the same kind."""
    theirs, ours = (getattr(game, "augmentation", None) for game in (source, target))
    if type(theirs) is not type(ours):
        here = "no augmentation" if ours is None else type(ours).__name__
        lost = theirs is not None and theirs.variables
        return [f"not the state of {type(theirs).__name__}: here is {here}"] if lost else []
    told = "" if ours is None else ours.carry_over(theirs)
    return [told] if told else []


def _terms(source: GenerativeModel, target: GenerativeModel) -> list[str]:
    """Let each term begin where that of the same class and name has come to."""
    theirs = {(type(term), term.name): term for term in getattr(source, "terms", ())}
    ours = {(type(term), term.name): term for term in getattr(target, "terms", ())}
    told = [term.carry_over(theirs[key]) for key, term in ours.items() if key in theirs]
    told += [
        f"not the state of {term.name}: there is none here" for key, term in theirs.items() if _is_lost(key, term, ours)
    ]
    return [line for line in told if line]


def _is_lost(key: tuple[type, str], term: Term, ours: Mapping[tuple[type, str], Term]) -> bool:
    return key not in ours and bool(term.own_state)
