"""Accounts of organizers and moderators: what we add to django-allauth. Signers need none."""
