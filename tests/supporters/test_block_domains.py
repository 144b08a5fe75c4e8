"""`manage.py block_domains`: a list of domains that the site has, in one file."""

import pytest
from django.core.management import CommandError, call_command

from petitions.models import StaffAct
from supporters.models import SiteBlock
from tests.supporters.test_site_blocks import block

pytestmark = pytest.mark.django_db


def load(tmp_path, text: str, *, encoding: str = "utf-8") -> None:
    file = tmp_path / "disposable.txt"
    file.write_bytes(text.encode(encoding))
    call_command("block_domains", str(file))


def domains() -> list[str]:
    return sorted(SiteBlock.objects.values_list("value", flat=True))


def test_the_list_takes_the_place_of_the_one_before(tmp_path):
    block("domain", "own.example")
    load(tmp_path, "# disposable\nA.example\n\nb.example # twice\nb.example\nown.example\n")
    assert domains() == ["a.example", "b.example", "own.example"]
    assert not SiteBlock.objects.get(value="own.example").is_listed
    load(tmp_path, "b.example\nc.example\n")
    assert domains() == ["b.example", "c.example", "own.example"]
    call_command("block_domains", "--clear")
    assert domains() == ["own.example"]
    acts = StaffAct.objects.order_by("pk").values_list("verb", "actor", "note")
    assert list(acts) == [
        ("blocked", None, "List of domains: 3"),
        ("blocked", None, "List of domains: 2"),
        ("unblocked", None, "List of domains: 0"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [("a.example\nno domain\nexample\n", "line 2: no domain; line 3: example"), ("#\n", "--clear")],
)
def test_a_file_with_a_mistake_changes_nothing(tmp_path, text, said):
    load(tmp_path, "a.example")
    with pytest.raises(CommandError, match=said):
        load(tmp_path, text)
    assert domains() == ["a.example"]


def test_what_cannot_be_read(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("block_domains", str(tmp_path / "none.txt"))
    with pytest.raises(CommandError, match="cannot be read"):
        load(tmp_path, "bücher.example", encoding="latin-1")
