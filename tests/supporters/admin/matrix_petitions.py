"""Who may ask for what: the pages of a petition in the admin. The letters: matrix.py."""

# fmt: off
ROWS: dict[str, tuple[str, ...]] = {
    "admin/petitions/petition/<path:object_id>/move/<str:move>/": ("LL----0yy", "LL----0yy"),
    "admin/petitions/petition/<path:object_id>/updates/new/": ("LLyyy-0yy", "LLyyy-0yy"),
    "admin/petitions/petition/<path:object_id>/updates/preview/": ("LLxxxxxxx", "LLyyy-0yy"),
    "admin/petitions/petition/<path:object_id>/updates/<int:update_id>/":
        ("LLyyy-0yy", "LLyyy-0yy"),
    "admin/petitions/petition/<path:object_id>/updates/<int:update_id>/mailing/":
        ("LLyyyy0yy", "LLyyy-0yy"),
    "admin/petitions/petition/<path:object_id>/fraud/<int:sweep_id>/": ("LL----0yy", "LL----0bb"),
    "admin/petitions/petition/<path:object_id>/review/": ("LL----0yy", "LL----0yy"),
    "admin/petitions/petition/<path:object_id>/claim/": ("LL----0yy", "LL----0--"),
    "admin/petitions/petition/<path:object_id>/growth/": ("LLyyyy0yy", "LLxxxx0xx"),
    "admin/petitions/petition/<path:object_id>/sources/": ("LLyyyy0yy", "LLyyyy0yy"),
    "admin/petitions/petition/<path:object_id>/reasons/": ("LLyyyy0yy", "LL----0--"),
    "admin/petitions/petition/<path:object_id>/team/": ("LLyyyy0yy", "LL----0--"),
    "admin/petitions/petition/<path:object_id>/proposed-ask/": ("LLyy--0yy", "LL----0--"),
    "admin/petitions/petition/<path:object_id>/copy/": ("LLyyyy0yy", "LLrrrr0rr"),
    "admin/petitions/petition/<path:object_id>/download/": ("LLyy--0--", "LLyy--0--"),
    "admin/petitions/petition/<path:object_id>/appeal/": ("LLyyyy0yy", "LLy---0--"),
    "admin/petitions/petition/<path:object_id>/updates/": ("LLyyyy0yy", "LLxxxxxxx"),
    "admin/petitions/petition/<path:object_id>/fraud/": ("LL----0yy", "LL----0yy"),
    "admin/petitions/petition/<path:object_id>/fraud/preview/": ("LL----0yy", "LL----0yy"),
    "admin/petitions/petition/": ("LLy...yyy", "LLy...yyy"),
    "admin/petitions/petition/add/": ("LLy...yyy", "LLy...yyy"),
    "admin/petitions/petition/<path:object_id>/history/": ("LL-----yy", "LL-----yy"),
    "admin/petitions/petition/<path:object_id>/delete/": ("LL----r--", "LL----r--"),
    "admin/petitions/petition/<path:object_id>/change/": ("LLyyyyryy", "LLyy--ryy"),
    "admin/petitions/petition/<path:object_id>/": ("LLrrrrrrr", "LLrrrrrrr"),
}
# fmt: on
