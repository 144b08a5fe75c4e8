"""What is made of what there is: words of targets' names, organizers' addresses, quicker searches."""

import re
import secrets
import unicodedata

from django.db import migrations
from django.db.models import Q

# A search for the beginning of a word would read every word that begins so: 1.4 s for "a" among
# 100,000 petitions. With the beginnings of up to three letters indexed too: 2 ms.
FTS5 = """
CREATE VIRTUAL TABLE petitions_fts_new USING fts5(
    title, rest, prefix = '1 2 3',
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
)
"""


# What a search ranks by. The whole vector of a long story is kept outside its row.
TITLE = """
ALTER TABLE petitions_petitionsearch
ADD COLUMN IF NOT EXISTS title tsvector GENERATED ALWAYS AS (ts_filter(vector, '{a}')) STORED
"""


def prepare_search(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(TITLE)
        return
    schema_editor.execute(FTS5)
    schema_editor.execute(
        "INSERT INTO petitions_fts_new (rowid, title, rest)"
        " SELECT rowid, title, rest FROM petitions_fts"
    )
    schema_editor.execute("DROP TABLE petitions_fts")
    schema_editor.execute("ALTER TABLE petitions_fts_new RENAME TO petitions_fts")


def name_targets(apps, schema_editor):
    Target = apps.get_model("petitions", "Target")
    for target in Target.objects.filter(words="").iterator():
        found = "".join(f" {word}" for word in words(target.name))
        Target.objects.filter(pk=target.pk).update(words=found)


def give_organizers_addresses(apps, schema_editor):
    User = apps.get_model("petitions", "User")
    Petition = apps.get_model("petitions", "Petition")
    for user in User.objects.exclude(first_name="", last_name="").filter(slug=None):
        name = f"{user.first_name} {user.last_name}".strip()
        openly = Q(organizer_name="") | Q(organizer_name=name)
        public = Petition.objects.filter(organizer=user, status__in=("open", "closed"))
        if name and public.filter(openly).exists():
            free = (s for s in candidates(name) if not User.objects.filter(slug=s).exists())
            User.objects.filter(pk=user.pk).update(slug=next(free))


# How words and addresses were cut when this was written (petitions.search, petitions.slugs): a
# migration must not change with them.


def words(text):
    for run in text.split():
        for start in range(0, len(run), 256):
            folded = unicodedata.normalize("NFKD", run[start : start + 256].casefold())
            folded = unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", folded))
            kept = (c if unicodedata.category(c)[0] in "LNM" else " " for c in folded)
            yield from (word[:64] for word in "".join(kept).split(" ") if word)


def candidates(name):
    slug = cut(slug_of(name), 80) or "petition"
    if slug in ("start", "preview"):
        slug += "-petition"
    yield slug
    for suffix in ("2", "3"):
        yield suffixed(slug, suffix)
    while True:
        yield suffixed(slug, secrets.token_hex(3))


def slug_of(name):
    kept = []
    for character in unicodedata.normalize("NFC", name).replace("İ", "i").lower():
        kind = unicodedata.category(character)
        if character in "'`´‘’‛′ʹʻʼʽʾʿ＇՚׳״" or kind == "Cf":
            continue
        if kind[0] in "LN":
            kept.append(character)
        elif kind[0] == "M":
            # Emoji leave invisible marks and keycaps behind: no part of any word.
            mark = kind == "Me" or "VARIATION SELECTOR" in unicodedata.name(character, "")
            if kept and kept[-1] != "-" and not mark:
                kept.append(character)
        elif kept and kept[-1] != "-":
            kept.append("-")
    return unicodedata.normalize("NFC", "".join(kept)).strip("-")


def suffixed(slug, suffix):
    return f"{cut(slug, 79 - len(suffix)) or 'petition'}-{suffix}"


def cut(slug, longest):
    if len(slug) <= longest:
        return slug
    word_end = slug.rfind("-", longest // 2, longest + 1)
    if word_end > 0:
        return slug[:word_end]
    end = longest
    while end and (
        unicodedata.category(slug[end])[0] == "M" or unicodedata.combining(slug[end - 1]) == 9
    ):
        end -= 1
    return slug[:end].strip("-")


class Migration(migrations.Migration):
    dependencies = [("petitions", "0005_discovery")]

    operations = [
        migrations.RunPython(prepare_search, migrations.RunPython.noop),
        migrations.RunPython(name_targets, migrations.RunPython.noop),
        migrations.RunPython(give_organizers_addresses, migrations.RunPython.noop),
    ]
