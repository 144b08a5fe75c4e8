"""What waits for moderators, and what is done about it where it takes too long."""
