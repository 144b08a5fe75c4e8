from django.contrib.postgres.search import SearchVectorField
from django.db import models


class PetitionSearch(models.Model):
    """The search document of a petition, written by petitions.search.index().

    Its own table, because a GIN index on the petition's row would cost at every fold. PostgreSQL
    keeps the words in `vector`, and those of the title once more in `title`, a generated column
    that only SQL knows; SQLite keeps them in the FTS5 table `petitions_fts` beside, and nothing
    here.
    """

    petition = models.OneToOneField(
        "Petition", models.CASCADE, primary_key=True, related_name="search"
    )
    vector = SearchVectorField(null=True)

    def __str__(self) -> str:
        return str(self.pk)
