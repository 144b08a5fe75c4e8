"""Starting a petition: what is asked in which order, who has the link, and what is sent by mail."""
