"""What the members of a petition's team may do. Each role includes those before it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    VIEW = "view", _("View: text, updates and figures")
    UPDATE = "update", _("Update: write updates too")
    EDIT = "edit", _("Edit: change the petition too")

    def includes(self, wanted: "Role") -> bool:
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(wanted)
