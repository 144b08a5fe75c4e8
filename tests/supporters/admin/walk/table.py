"""What every address of the admin, and each way to act there, is: an act that leaves an event, or
none, for one of the reasons below. Whoever adds an address or a button writes a row here.
"""

from . import petition_acts, record_acts
from .world import Act, World

_PETITION = "admin/petitions/petition/<path:object_id>/"
_PAGE = "petitions/petition"
_ROWS = (
    "account/emailaddress", "mfa/authenticator", "auth/group", "petitions/target",
    "petitions/topic", "petitions/user", "supporters/countadjustment", "supporters/download",
    "petitions/moderationevent", "petitions/petitionevent", "petitions/staffact",
    "supporters/mailing", "supporters/outgoingmail", "petitions/page", "petitions/appeal",
    "supporters/report", "petitions/decisionreason", "petitions/petition", "supporters/signature",
    "supporters/siteswitches", "supporters/suppressedaddress", "supporters/siteblock",
    "supporters/sweep", "supporters/suspicion",
)  # fmt: skip

# Shown, or led on, and nothing more.
READS = {
    "admin/", "admin/queue/", "admin/autocomplete/", "admin/jsi18n/",
    "admin/r/<path:content_type_id>/<path:object_id>/",
    "admin/^(?P<app_label>account|auth|mfa|petitions|supporters)/$", "admin/(?P<url>.*)$",
    *(f"admin/{row}/{page}" for row in _ROWS
      for page in ("", "<path:object_id>/", "<path:object_id>/history/")),
    *(_PETITION + page for page in ("sources/", "growth/", "updates/", "updates/preview/",
                                    "fraud/")),
    f"{_PAGE}/update: preview",
} - {"admin/supporters/signature/"}  # fmt: skip

# Reading is an act, and written down.
LOOKS = {
    "admin/supporters/signature/<path:object_id>/change/", _PETITION + "fraud/preview/",
}  # fmt: skip

# What acts by the name of what is to be done: the rows of those names say what it leaves.
BY_NAME = {
    _PETITION + "move/<str:move>/", _PETITION + "claim/", _PETITION + "team/",
    _PETITION + "proposed-ask/", _PETITION + "reasons/", _PETITION + "fraud/<int:sweep_id>/",
    "admin/supporters/signature/<path:object_id>/act/<str:act>/",
}  # fmt: skip

# One's own session and password: the accounts' pages, which tell the owner by mail.
ONES_OWN = {
    "admin/login/", "admin/logout/", "admin/password_change/", "admin/password_change/done/",
}  # fmt: skip

# Not even a superuser adds, changes or deletes it here.
_KEPT = {
    "mfa/authenticator": "add change", "supporters/countadjustment": "change delete",
    "supporters/siteswitches": "add delete", "supporters/suppressedaddress": "add change",
    "supporters/siteblock": "change", "petitions/appeal": "add delete",
    "supporters/report": "add delete", "supporters/signature": "add delete",
    **dict.fromkeys(("supporters/download", "petitions/moderationevent", "petitions/petitionevent",
                     "petitions/staffact", "supporters/mailing", "supporters/outgoingmail",
                     "supporters/sweep", "supporters/suspicion"), "add change delete"),
}  # fmt: skip
REFUSED = {
    f"admin/{row}/{'' if page == 'add' else '<path:object_id>/'}{page}/"
    for row, pages in _KEPT.items()
    for page in pages.split()
}

# Of organizers, with what is their own: who moderates is refused, or is one of the team.
ORGANIZERS = {
    _PETITION + "download/", _PETITION + "appeal/",
    *(f"{_PAGE}/team: {name}" for name in ("offer", "end_offer", "take_over", "leave")),
}  # fmt: skip

# Events of petitions that only they, and who is in their team, leave.
ORGANIZERS_KINDS = {
    "joined", "declined", "left", "offered", "offer_ended", "handed_over", "proposed",
}  # fmt: skip

# What whoever sits at the server starts, and whether it leaves an act of the site itself.
COMMANDS = {
    "block_domains": True,
    "switch": True,
    "import_petitions": True,
    "recount": False,  # reads
    "rebuild_search": False,  # writes again what is there
    "maintenance_page": False,  # a file
    "work": False,  # what others asked for
    "demo": False,  # a site of its own
}


def acts(world: World) -> dict[str, list[Act]]:
    return {**petition_acts.acts(world), **record_acts.acts(world)}
