"""How a petition grows: what its organizer sees of it, and is told by mail."""
