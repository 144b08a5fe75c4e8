"""Working together on a petition: what the site mails, shows and proves beside petitions.team."""
