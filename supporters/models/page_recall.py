from django.db import models
from django.db.models.functions import Now


class PageRecall(models.Model):
    """Somebody shown on the pages of a petition changed how, or withdrew. Read by every process
    within a second or two, and deleted an hour later; see supporters.recalls."""

    petition = models.ForeignKey(
        "petitions.Petition", models.CASCADE, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"{self.petition_id}"
