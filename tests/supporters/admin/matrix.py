"""Who may ask for what. An address, as the URLconf has it, and what it answers to each role: read, then
posted without a word. After them what an address does in several ways, posted with what makes it act.

The letters stand for visitor, organizer, members who may edit, update and view, another organizer, a
moderator, a superuser; the petition is the organizer's and open. What they mean is said by letter()
in matrix_world.py. Where a list is "y" for others, it is their own rows that they see in it.
"""

# fmt: off
ROWS: dict[str, tuple[str, ...]] = {
    "petitions/preview/<str:token>/":
        ("yyyyyyyy", "xxxxxxxx"),
    "petitions/start/":
        ("yyyyyyyy", "yyyyyyyy"),
    "petitions/start/<str:token>/":
        ("yyyyyyyy", "yyyyyyyy"),
    "petitions/start/<str:token>/similar/":
        ("!!!!!!!!", "xxxxxxxx"),
    "petitions/start/<str:token>/sent/":
        ("rrrrrrrr", "rrrrrrrr"),
    "petitions/start/<str:token>/<str:name>/":
        ("yyyyyyyy", "yyyyyyyy"),
    "accounts/":
        ("Lyyyyyyy", "Lxxxxxxx"),
    "accounts/mails/":
        ("Lyyyyyyy", "Lrrrrrrr"),
    "accounts/start/confirm/<str:token>/":
        ("00000000", "00000000"),
    "accounts/start/<str:token>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "accounts/invitation/<str:token>/":
        ("yyyyyyyy", "y-------"),
    "accounts/invitation/<str:token>/key/":
        ("00000000", "00000000"),
    "accounts/login/":
        ("yrrrrrrr", "yrrrrrrr"),
    "accounts/logout/":
        ("Lyyyyyyy", "LLLLLLLL"),
    "accounts/inactive/":
        ("yyyyyyyy", "xxxxxxxx"),
    "accounts/signup/":
        ("yrrrrrrr", "yrrrrrrr"),
    "accounts/reauthenticate/":
        ("Lyyyyyyy", "Lyyyyyyy"),
    "accounts/email/":
        ("Lyyyyyyy", "Lrrrrrrr"),
    "accounts/confirm-email/":
        ("yyyyyyyy", "xxxxxxxx"),
    "accounts/password/change/":
        ("Lyyyyyyy", "Lyyyyyyy"),
    "accounts/password/set/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "accounts/password/reset/":
        ("yyyyyyyy", "yyyyyyyy"),
    "accounts/login/code/confirm/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    r"accounts/^confirm-email/(?P<key>[-:\w]+)/$":
        ("yyyyyyyy", "00000000"),
    "accounts/password/reset/key/done/":
        ("yyyyyyyy", "xxxxxxxx"),
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$":
        ("yyyyyyyy", "yyyyyyyy"),
    "accounts/password/reset/done/":
        ("yyyyyyyy", "xxxxxxxx"),
    "accounts/2fa/":
        ("Lyyyyyyy", "Lxxxxxxx"),
    "accounts/2fa/authenticate/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "accounts/2fa/reauthenticate/":
        ("Lyrrrrrr", "Lyrrrrrr"),
    "accounts/2fa/totp/activate/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "accounts/2fa/totp/deactivate/":
        ("Lr000000", "Lr000000"),
    "accounts/2fa/recovery-codes/":
        ("L0000000", "Lxxxxxxx"),
    "accounts/2fa/recovery-codes/generate/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "accounts/2fa/recovery-codes/download/":
        ("L0000000", "L0000000"),
    "accounts/2fa/webauthn/":
        ("Lyyyyyyy", "Lxxxxxxx"),
    "accounts/2fa/webauthn/add/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "accounts/2fa/webauthn/reauthenticate/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "accounts/2fa/webauthn/keys/<int:pk>/remove/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "accounts/2fa/webauthn/keys/<int:pk>/edit/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "accounts/2fa/webauthn/login/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "accounts/sessions/":
        ("Lyyyyyyy", "Lrrrrrrr"),
    "admin/r/<path:content_type_id>/<path:object_id>/":
        ("L0000000", "L0000000"),
    "admin/":
        ("Lyyyyyyy", "Lyyyyyyy"),
    "admin/queue/":
        ("L-----yy", "L-----rr"),
    "admin/login/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/logout/":
        ("rxxxxxxx", "ryyyyyyy"),
    "admin/password_change/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/password_change/done/":
        ("Lyyyyyyy", "Lxxxxxxx"),
    "admin/autocomplete/":
        ("L-------", "Lxxxxxxx"),
    "admin/jsi18n/":
        ("Lyyyyyyy", "Lxxxxxxx"),
    "admin/account/emailaddress/":
        ("L------y", "L------y"),
    "admin/account/emailaddress/add/":
        ("L------y", "L------y"),
    "admin/account/emailaddress/<path:object_id>/history/":
        ("L------y", "L------y"),
    "admin/account/emailaddress/<path:object_id>/delete/":
        ("L------y", "L------y"),
    "admin/account/emailaddress/<path:object_id>/change/":
        ("L------y", "L------y"),
    "admin/account/emailaddress/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/mfa/authenticator/":
        ("L------y", "L------y"),
    "admin/mfa/authenticator/add/":
        ("L-------", "L-------"),
    "admin/mfa/authenticator/<path:object_id>/history/":
        ("L------y", "L------y"),
    "admin/mfa/authenticator/<path:object_id>/delete/":
        ("L------y", "L------y"),
    "admin/mfa/authenticator/<path:object_id>/change/":
        ("L------y", "L-------"),
    "admin/mfa/authenticator/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/auth/group/":
        ("L------y", "L------y"),
    "admin/auth/group/add/":
        ("L------y", "L------y"),
    "admin/auth/group/<path:object_id>/history/":
        ("L------y", "L------y"),
    "admin/auth/group/<path:object_id>/delete/":
        ("L------y", "L------y"),
    "admin/auth/group/<path:object_id>/change/":
        ("L------y", "L------y"),
    "admin/auth/group/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/petitions/target/":
        ("Lyyyyyyy", "Lyyyyyyy"),
    "admin/petitions/target/add/":
        ("Lyyyyyyy", "Lyyyyyyy"),
    "admin/petitions/target/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/target/<path:object_id>/delete/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/target/<path:object_id>/change/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/target/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/petitions/topic/":
        ("Lyyyyyyy", "Lyyyyyyy"),
    "admin/petitions/topic/add/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/topic/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/topic/<path:object_id>/delete/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/topic/<path:object_id>/change/":
        ("Lyyyyyyy", "L-----yy"),
    "admin/petitions/topic/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/petitions/user/<id>/password/":
        ("L------y", "L------y"),
    "admin/petitions/user/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/user/add/":
        ("L------y", "L------y"),
    "admin/petitions/user/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/user/<path:object_id>/delete/":
        ("L------y", "L------y"),
    "admin/petitions/user/<path:object_id>/change/":
        ("L-----yy", "L------y"),
    "admin/petitions/user/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/supporters/countadjustment/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/countadjustment/add/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/countadjustment/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/countadjustment/<path:object_id>/delete/":
        ("L-------", "L-------"),
    "admin/supporters/countadjustment/<path:object_id>/change/":
        ("L-----yy", "L-------"),
    "admin/supporters/countadjustment/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/supporters/download/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/download/add/":
        ("L-------", "L-------"),
    "admin/supporters/download/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/download/<path:object_id>/delete/":
        ("L-------", "L-------"),
    "admin/supporters/download/<path:object_id>/change/":
        ("L-----yy", "L-------"),
    "admin/supporters/download/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/petitions/moderationevent/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/moderationevent/add/":
        ("L-------", "L-------"),
    "admin/petitions/moderationevent/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/moderationevent/<path:object_id>/delete/":
        ("L-------", "L-------"),
    "admin/petitions/moderationevent/<path:object_id>/change/":
        ("L-----yy", "L-------"),
    "admin/petitions/moderationevent/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/petitions/petitionevent/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/petitionevent/add/":
        ("L-------", "L-------"),
    "admin/petitions/petitionevent/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/petitionevent/<path:object_id>/delete/":
        ("L-------", "L-------"),
    "admin/petitions/petitionevent/<path:object_id>/change/":
        ("L-----yy", "L-------"),
    "admin/petitions/petitionevent/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/petitions/staffact/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/staffact/add/":
        ("L-------", "L-------"),
    "admin/petitions/staffact/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/staffact/<path:object_id>/delete/":
        ("L-------", "L-------"),
    "admin/petitions/staffact/<path:object_id>/change/":
        ("L-----yy", "L-------"),
    "admin/petitions/staffact/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/supporters/mailing/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/mailing/add/":
        ("L-------", "L-------"),
    "admin/supporters/mailing/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/mailing/<path:object_id>/delete/":
        ("L-------", "L-------"),
    "admin/supporters/mailing/<path:object_id>/change/":
        ("L-----yy", "L-------"),
    "admin/supporters/mailing/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/supporters/outgoingmail/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/outgoingmail/add/":
        ("L-------", "L-------"),
    "admin/supporters/outgoingmail/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/outgoingmail/<path:object_id>/delete/":
        ("L-------", "L-------"),
    "admin/supporters/outgoingmail/<path:object_id>/change/":
        ("L-----yy", "L-------"),
    "admin/supporters/outgoingmail/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/petitions/page/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/page/add/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/page/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/page/<path:object_id>/delete/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/page/<path:object_id>/change/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/page/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/petitions/appeal/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/appeal/add/":
        ("L-------", "L-------"),
    "admin/petitions/appeal/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/appeal/<path:object_id>/delete/":
        ("L-------", "L-------"),
    "admin/petitions/appeal/<path:object_id>/change/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/appeal/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/supporters/report/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/report/add/":
        ("L-------", "L-------"),
    "admin/supporters/report/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/report/<path:object_id>/delete/":
        ("L-------", "L-------"),
    "admin/supporters/report/<path:object_id>/change/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/report/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/petitions/decisionreason/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/decisionreason/add/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/decisionreason/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/decisionreason/<path:object_id>/delete/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/decisionreason/<path:object_id>/change/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/decisionreason/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/petitions/petition/<path:object_id>/appeal/":
        ("Lyyyy0yy", "Ly---0--"),
    "admin/petitions/petition/<path:object_id>/move/<str:move>/":
        ("L----0yy", "L----0yy"),
    "admin/petitions/petition/<path:object_id>/sources/":
        ("Lyyyy0yy", "Lyyyy0yy"),
    "admin/petitions/petition/<path:object_id>/review/":
        ("L----0yy", "L----0yy"),
    "admin/petitions/petition/<path:object_id>/claim/":
        ("L----0yy", "L----0--"),
    "admin/petitions/petition/<path:object_id>/growth/":
        ("Lyyyy0yy", "Lxxxx0xx"),
    "admin/petitions/petition/<path:object_id>/reasons/":
        ("Lyyyy0yy", "L----0--"),
    "admin/petitions/petition/<path:object_id>/team/":
        ("Lyyyy0yy", "L----0--"),
    "admin/petitions/petition/<path:object_id>/copy/":
        ("Lyyyy0yy", "Lrrrr0rr"),
    "admin/petitions/petition/<path:object_id>/download/":
        ("Lrr--0--", "Lrr--0--"),
    "admin/petitions/petition/<path:object_id>/fraud/":
        ("L----0yy", "L----0yy"),
    "admin/petitions/petition/<path:object_id>/fraud/preview/":
        ("L----0rr", "L----0rr"),
    "admin/petitions/petition/<path:object_id>/fraud/<int:sweep_id>/":
        ("L----0yy", "L----0rr"),
    "admin/petitions/petition/<path:object_id>/updates/":
        ("Lyyyy0yy", "Lxxxxxxx"),
    "admin/petitions/petition/<path:object_id>/updates/new/":
        ("Lyyy-0yy", "Lyyy-0yy"),
    "admin/petitions/petition/<path:object_id>/updates/preview/":
        ("Lxxxxxxx", "Lyyy-0yy"),
    "admin/petitions/petition/<path:object_id>/updates/<int:update_id>/":
        ("Lyyy-0yy", "Lyyy-0yy"),
    "admin/petitions/petition/<path:object_id>/updates/<int:update_id>/mailing/":
        ("Lyyyy0yy", "Lyyy-0yy"),
    "admin/petitions/petition/<path:object_id>/proposed-ask/":
        ("Lyy--0yy", "L----0--"),
    "admin/petitions/petition/":
        ("Lyyyyyyy", "Lyyyyyyy"),
    "admin/petitions/petition/add/":
        ("Lyyyyyyy", "Lyyyyyyy"),
    "admin/petitions/petition/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/petitions/petition/<path:object_id>/delete/":
        ("L----r--", "L----r--"),
    "admin/petitions/petition/<path:object_id>/change/":
        ("Lyyyyryy", "Lyy--ryy"),
    "admin/petitions/petition/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/supporters/signature/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/signature/add/":
        ("L-------", "L-------"),
    "admin/supporters/signature/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/signature/<path:object_id>/delete/":
        ("L-------", "L-------"),
    "admin/supporters/signature/<path:object_id>/change/":
        ("L-----rr", "L-------"),
    "admin/supporters/signature/search/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/signature/export/":
        ("L-----rr", "L-----rr"),
    "admin/supporters/signature/<path:object_id>/act/<str:act>/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/signature/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/supporters/siteswitches/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/supporters/siteswitches/add/":
        ("L-------", "L-------"),
    "admin/supporters/siteswitches/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/siteswitches/<path:object_id>/delete/":
        ("L-------", "L-------"),
    "admin/supporters/siteswitches/<path:object_id>/change/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/siteswitches/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/supporters/suppressedaddress/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/suppressedaddress/add/":
        ("L-------", "L-------"),
    "admin/supporters/suppressedaddress/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/suppressedaddress/<path:object_id>/delete/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/suppressedaddress/<path:object_id>/change/":
        ("L-----yy", "L-------"),
    "admin/supporters/suppressedaddress/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/supporters/siteblock/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/siteblock/add/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/siteblock/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/siteblock/<path:object_id>/delete/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/siteblock/<path:object_id>/change/":
        ("L-----yy", "L-------"),
    "admin/supporters/siteblock/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/supporters/sweep/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/sweep/add/":
        ("L-------", "L-------"),
    "admin/supporters/sweep/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/sweep/<path:object_id>/delete/":
        ("L-------", "L-------"),
    "admin/supporters/sweep/<path:object_id>/change/":
        ("L-----yy", "L-------"),
    "admin/supporters/sweep/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/supporters/suspicion/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/suspicion/add/":
        ("L-------", "L-------"),
    "admin/supporters/suspicion/<path:object_id>/history/":
        ("L-----yy", "L-----yy"),
    "admin/supporters/suspicion/<path:object_id>/delete/":
        ("L-------", "L-------"),
    "admin/supporters/suspicion/<path:object_id>/change/":
        ("L-----yy", "L-------"),
    "admin/supporters/suspicion/<path:object_id>/":
        ("Lrrrrrrr", "Lrrrrrrr"),
    "admin/^(?P<app_label>account|auth|mfa|petitions|supporters)/$":
        ("Lyyyyyyy", "Lyyyyyyy"),
    "admin/(?P<url>.*)$":
        ("L0000000", "L0000000"),
    "list: publish_selected":
        ("Lyyyyyrr",),
    "list: close_selected":
        ("Lyyyyyrr",),
    "list: feature_selected":
        ("Lyyyyyrr",),
    "list: unfeature_selected":
        ("Lyyyyyrr",),
    "list: delete_selected":
        ("Lyyyyyrr",),
    "move: submit":
        ("Lrr--0rr",),
    "move: close":
        ("L----0rr",),
    "move: hide":
        ("L----0rr",),
    "move: publish":
        ("L----0rr",),
    "queue: claim":
        ("L-----rr",),
    "queue: publish":
        ("L-----rr",),
    "queue: send_back":
        ("L-----rr",),
    "claim: claim":
        ("L----0rr",),
    "claim: take_over":
        ("L----0rr",),
    "claim: release":
        ("L----0rr",),
    "review: note":
        ("L----0rr",),
    "team: invite":
        ("Lr---0rr",),
    "team: revoke":
        ("Lr---0rr",),
    "team: role":
        ("Lr---0rr",),
    "team: remove":
        ("Lr---0rr",),
    "team: offer":
        ("Lr---0--",),
    "team: leave":
        ("Lrrrr0rr",),
    "team: take_over":
        ("Lrrrr0rr",),
    "ask: approve":
        ("L----0rr",),
    "ask: refuse":
        ("L----0rr",),
    "ask: take_back":
        ("Lrr--0rr",),
    "update: write":
        ("Lrrr-0rr",),
    "update: schedule":
        ("Lrrr-0rr",),
    "update: test":
        ("Lrrr-0rr",),
    "update: delete a draft":
        ("Lrrr-0rr",),
    "update: delete what was published":
        ("L----0rr",),
    "update: delete what was mailed":
        ("L----0--",),
    "update: stop the mailing":
        ("Lrrr-0rr",),
    "sweep: approve":
        ("L----0rr",),
    "sweep: cancel":
        ("L----0rr",),
    "sweep: undo":
        ("L----0rr",),
    "signature: confirm":
        ("L-----rr",),
    "signature: remove":
        ("L-----rr",),
    "signature: restore":
        ("L-----rr",),
    "signature: unsubscribe":
        ("L-----rr",),
    "signature: erase":
        ("L-----rr",),
    "reason: highlight":
        ("Lrr--0rr",),
    "reason: hide":
        ("Lrr--0rr",),
    "reason: as_others":
        ("Lrr--0rr",),
    "appeal: file":
        ("Lr---0--",),
    "appeal: grant":
        ("L-----rr",),
    "appeal: refuse":
        ("L-----rr",),
    "report: uphold":
        ("L-----rr",),
    "report: dismiss":
        ("L-----rr",),
    "decision reason: delete":
        ("L-----rr",),
    "delete: a draft":
        ("Lr---r-r",),
    "delete: an open one":
        ("L----r--",),
}
# fmt: on
