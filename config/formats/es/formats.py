"""1 229: a narrow space, or at the size of a headline one number looks like two."""

THOUSAND_SEPARATOR = "\u202f"
