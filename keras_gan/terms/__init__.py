"""Terms: what is added to a player's adversarial loss. Their base, which the penalties share."""

from keras_gan.terms.term import Term
from keras_gan.utils.registry import getter

get = getter(Term, "terms")

__all__ = ["Term", "get"]
