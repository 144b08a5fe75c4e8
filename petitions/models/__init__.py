"""What organizers write and moderators decide. Knows nothing of supporters."""

from .action_step import ActionStep
from .draft import PetitionDraft
from .moderation_event import ModerationEvent
from .page import Page
from .petition import Petition
from .search import PetitionSearch
from .slug import PetitionSlug
from .target import PetitionTarget, Target
from .team_member import TeamMember
from .topic import Topic
from .update import Update
from .user import User
from .version import PetitionVersion

__all__ = [
    "ActionStep",
    "ModerationEvent",
    "Page",
    "Petition",
    "PetitionDraft",
    "PetitionSearch",
    "PetitionSlug",
    "PetitionTarget",
    "PetitionVersion",
    "Target",
    "TeamMember",
    "Topic",
    "Update",
    "User",
]
