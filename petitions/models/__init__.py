"""What organizers write and moderators decide. Knows nothing of supporters."""

from .action_step import ActionStep
from .appeal import Appeal
from .claim import Claim
from .decision_reason import DecisionReason, DecisionWording
from .draft import PetitionDraft
from .invitation import Invitation
from .moderation_event import ModerationEvent
from .ownership_offer import OwnershipOffer
from .page import Page
from .petition import Petition
from .petition_event import PetitionEvent
from .proposed_ask import ProposedAsk
from .search import PetitionSearch
from .slug import PetitionSlug
from .staff_act import StaffAct
from .submitted_text import SubmittedText
from .target import PetitionTarget, Target
from .team_member import TeamMember
from .topic import Topic
from .update import Update
from .user import User
from .version import PetitionVersion

__all__ = [
    "ActionStep",
    "Appeal",
    "Claim",
    "DecisionReason",
    "DecisionWording",
    "Invitation",
    "ModerationEvent",
    "OwnershipOffer",
    "Page",
    "Petition",
    "PetitionDraft",
    "PetitionEvent",
    "PetitionSearch",
    "PetitionSlug",
    "PetitionTarget",
    "PetitionVersion",
    "ProposedAsk",
    "StaffAct",
    "SubmittedText",
    "Target",
    "TeamMember",
    "Topic",
    "Update",
    "User",
]
