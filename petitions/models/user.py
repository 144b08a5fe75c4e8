from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """Somebody with an account: an organizer or a moderator. Signers need none."""

    class Meta(AbstractUser.Meta):
        pass
