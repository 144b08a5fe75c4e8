"""Text drawn into a picture, in any script: fonts, direction, line breaks.

Pillow draws one font at a time. What is here chooses a font for each letter, puts right-to-left
words in order, breaks lines and makes them fit. What no font has is never drawn as a box.
"""

from .fonts import Style
from .lines import Block, Undrawable, fit, prepare

__all__ = ["Block", "Style", "Undrawable", "fit", "prepare"]
