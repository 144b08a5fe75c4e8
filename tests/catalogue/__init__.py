"""Every public page in every state it can be in, by name: what is audited and photographed."""

from .reaching import served
from .states import STATES, State
from .world import World

__all__ = ["STATES", "State", "World", "served"]
