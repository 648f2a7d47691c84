"""How a run went, or several beside each other: one HTML file that holds all it shows, and needs no network.

And the card of a model, in Markdown, for where it is shared.
"""

from keras_gan.report.card import card
from keras_gan.report.journal import Journal, Stretch
from keras_gan.report.page import write
from keras_gan.report.record import Record

__all__ = ["Journal", "Record", "Stretch", "card", "write"]
