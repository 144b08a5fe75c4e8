"""What a plain save() of a stored petition leaves out."""

# Written by guarded UPDATEs (moves.py, picture.py), the fold and the worker alone: a plain save()
# of an edited row would bring back what it read before, and undo a closing or fifty counted
# signatures.
GUARDED = frozenset(
    {
        "status",
        "submitted_at",
        "opened_at",
        "closed_at",
        "outcome",
        "outcome_note",
        "outcome_source",
        "outcome_on",
        "is_text_withheld",
        "supporter_count",
        "trend",
        "progress",
        "featured_at",
        "created_at",
        "version",
        "picture",
        "picture_renditions",
    }
)
