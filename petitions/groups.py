"""The groups Organizers and Moderators and what they may do in the admin.

Made after every migration, not in one: permissions exist only when migrating is over. What is
missing is added; what a site gave its groups beside that stays.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.apps import apps as global_apps
from django.contrib.auth.management import create_permissions

ORGANIZERS = "Organizers"
MODERATORS = "Moderators"

# The permission that makes a moderator: each decision on a petition adds such an event.
MODERATE = "petitions.add_moderationevent"

_ORGANIZER_MAY = (
    "view_petition", "add_petition", "change_petition", "delete_petition",
    "view_petitiontarget", "add_petitiontarget", "change_petitiontarget", "delete_petitiontarget",
    "view_actionstep", "add_actionstep", "change_actionstep", "delete_actionstep",
    "view_update", "add_update", "change_update", "delete_update",
    "view_target", "add_target",
    "view_topic",
)  # fmt: skip

_MODERATOR_MAY = (
    "view_petition", "add_petition", "change_petition",
    "view_petitiontarget", "add_petitiontarget", "change_petitiontarget", "delete_petitiontarget",
    "view_actionstep", "add_actionstep", "change_actionstep", "delete_actionstep",
    "view_update", "add_update", "change_update", "delete_update",
    "view_target", "add_target", "change_target", "delete_target",
    "view_topic", "add_topic", "change_topic", "delete_topic",
    "view_moderationevent", "add_moderationevent", "view_petitionevent", "view_staffact",
    "view_decisionreason", "add_decisionreason", "change_decisionreason", "delete_decisionreason",
    "view_decisionwording", "add_decisionwording", "change_decisionwording",
    "delete_decisionwording",
    "view_appeal", "change_appeal",
    "view_page", "add_page", "change_page", "delete_page",
    "view_user",
)  # fmt: skip


def may_moderate(user: Any) -> bool:
    """Whether this account decides on petitions, and so may see all of them."""
    return bool(user.has_perm(MODERATE))


def may_do_more_than_organize(user: Any) -> bool:
    """Whether this account has a permission that the group Organizers has not."""
    if may_moderate(user):
        return True
    more = user.get_all_permissions() - {f"petitions.{name}" for name in _ORGANIZER_MAY}
    return bool(more and more - _given_to_organizers())


def _given_to_organizers() -> set[str]:
    granted = global_apps.get_model("auth", "Permission").objects.filter(group__name=ORGANIZERS)
    pairs = granted.values_list("content_type__app_label", "codename")
    return {f"{app}.{name}" for app, name in pairs}


def make_groups(app_config: AppConfig, **kwargs: Any) -> None:
    """Receiver of post_migrate."""
    grant(ORGANIZERS, _ORGANIZER_MAY, app_config, **kwargs)
    grant(MODERATORS, _MODERATOR_MAY, app_config, **kwargs)


def grant(
    group: str,
    codenames: Iterable[str],
    app_config: AppConfig,
    *,
    using: str = "default",
    apps: Any = global_apps,
    **kwargs: Any,
) -> None:
    """Give a group permissions of one app, and make the group if there is none.

    `using` and `apps` are what post_migrate sends; before auth has its tables nothing happens.
    """
    # Django makes them at the same signal, but perhaps after us.
    create_permissions(app_config, verbosity=0, using=using, apps=apps)
    try:
        Group = apps.get_model("auth", "Group")
        Permission = apps.get_model("auth", "Permission")
    except LookupError:
        return
    found, _created = Group.objects.using(using).get_or_create(name=group)
    found.permissions.add(
        *Permission.objects.using(using).filter(
            content_type__app_label=app_config.label, codename__in=codenames
        )
    )
