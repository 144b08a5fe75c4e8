"""The public addresses. They are a contract: old links and mails must work for ever."""

from django.conf import settings
from django.urls import path, register_converter

from petitions.slugs import SlugConverter
from supporters.views import (
    cards,
    confirm,
    embed,
    feeds,
    help_pages,
    home,
    icons,
    ledger,
    oembed,
    operations,
    organizer_mail,
    organizers,
    petition,
    petition_list,
    pictures,
    report,
    robots,
    security_txt,
    sign,
    signature,
    sitemaps,
    start,
    styleguide,
    supporters,
    targets,
    text_changes,
    topics,
    transparency,
    unsubscribe,
)

register_converter(SlugConverter, "petition_slug")

# In every language of the site: config/urls.py puts /es/ … before them.
# What is asked for most stands first, here and below: each line before it costs every request.
pages = [
    path("petitions/preview/<str:token>/", petition.preview, name="preview"),
    path("petitions/start/", start.start, name="start"),
    path("petitions/<petition_slug:slug>/", petition.petition, name="petition"),
    path("petitions/<petition_slug:slug>/sign/", sign.sign, name="sign"),
    path("petitions/<petition_slug:slug>/signed/", sign.signed, name="signed"),
    path("", home.home, name="home"),
    path("petitions/", petition_list.petition_list, name="petition_list"),
    path("petitions.atom", feeds.petitions_feed, name="petitions_feed"),
    path("petitions/start/<str:token>/", start.overview, name="draft"),
    path("petitions/start/<str:token>/similar/", start.similar_petitions, name="draft_similar"),
    path("petitions/start/<str:token>/sent/", start.sent, name="draft_sent"),
    path("petitions/start/<str:token>/<str:name>/", start.stage, name="draft_stage"),
    path("topics/", topics.topics, name="topics"),
    path("topics/<petition_slug:slug>.atom", feeds.topic_feed, name="topic_feed"),
    path("topics/<petition_slug:slug>/", topics.topic, name="topic"),
    path("targets/", targets.targets, name="targets"),
    path("targets/<petition_slug:slug>.atom", feeds.target_feed, name="target_feed"),
    path("targets/<petition_slug:slug>/", targets.target, name="target"),
    path("organizers/<petition_slug:slug>/", organizers.organizer, name="organizer"),
    path("petitions/<petition_slug:slug>/count/", ledger.ledger, name="ledger"),
    path("petitions/<petition_slug:slug>/changes/", text_changes.text_changes, name="text_changes"),
    path(
        "petitions/<petition_slug:slug>/changes/<int:number>/",
        text_changes.text_change,
        name="text_change",
    ),
    path("petitions/<petition_slug:slug>/report/", report.report, name="report"),
    path("reports/<str:token>/", report.receipt, name="report_receipt"),
    path("petitions/<petition_slug:slug>/supporters/", supporters.supporters, name="supporters"),
    path("card-<str:digest>.png", cards.site_card, name="site_card"),
    path(
        "petitions/<petition_slug:slug>/card-<str:digest>.png",
        cards.petition_card,
        name="petition_card",
    ),
    path("petitions/<petition_slug:slug>/embed/", embed.embed, name="embed"),
    path("petitions/<petition_slug:slug>/updates.atom", feeds.petition_feed, name="petition_feed"),
    path("organizer-mail/<str:token>/", organizer_mail.organizer_mail, name="organizer_mail"),
    path("transparency/", transparency.transparency, name="transparency"),
    path("help/", help_pages.help_index, name="help_index"),
    path("help/<petition_slug:slug>/", help_pages.help_page, name="help"),
]

# Links in mails (their pages speak the signer's language), and what has no words.
without_language = [
    path("petitions/<petition_slug:slug>/count.json", petition.count_json, name="count_json"),
    path("petitions/<petition_slug:slug>/ledger.json", ledger.ledger_json, name="ledger_json"),
    path("confirm/<str:token>/", confirm.confirm_signature, name="confirm"),
    path("signature/<str:token>/", signature.signature, name="signature"),
    path("unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
    path("media/pictures/<str:name>", pictures.picture, name="picture"),
    path("transparency.json", transparency.transparency_json, name="transparency_json"),
    path("transparency.csv", transparency.transparency_csv, name="transparency_csv"),
    path("oembed", oembed.oembed, name="oembed"),
    path("sitemap.xml", sitemaps.index, name="sitemaps"),
    path("sitemap-<str:section>.xml", sitemaps.sitemap, name="sitemap"),
    path("robots.txt", robots.robots, name="robots"),
    path("favicon.ico", icons.favicon, name="favicon"),
    path("site.webmanifest", icons.manifest, name="manifest"),
    path(".well-known/security.txt", security_txt.security_txt, name="security_txt"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("healthz", operations.healthz, name="healthz"),
    path("readyz", operations.readyz, name="readyz"),
    path("metrics", operations.metrics, name="metrics"),
]

if settings.PETITIONS_DEMO:
    from supporters.views import demo_mail

    without_language += [
        path("demo/mail/", demo_mail.mailbox, name="demo_mail"),
        path("demo/mail/<str:key>/", demo_mail.message, name="demo_mail_message"),
        path("demo/mail/<str:key>/html/", demo_mail.html, name="demo_mail_html"),
    ]
