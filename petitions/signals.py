"""The two announcements of petitions, sent inside the transaction that causes them.

Others (the supporters app) listen; petitions knows nobody. A receiver that raises undoes the act.
"""

from django.dispatch import Signal

# Sent by Petition.publish(), only the first time: petition=Petition, by=User | None.
petition_opened = Signal()

# Sent by Update.publish(): update=Update.
update_published = Signal()
