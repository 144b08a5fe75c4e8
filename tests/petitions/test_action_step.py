import pytest

from petitions.models import ActionStep
from tests.factories import PetitionFactory

pytestmark = pytest.mark.django_db


def test_a_step_as_scripts_make_it():
    petition = PetitionFactory(is_open=True)
    ActionStep(
        petition=petition,
        kind="call",
        contact="Bridges Board",
        phone="(0)1632 960 147",
        instruction="Ask for the engineer.",
        script="Good morning, …",
    ).save()
    step = petition.steps.get()
    assert str(step) == "Call Bridges Board"
    assert (step.email, step.link) == ("", "")


def test_steps_stay_in_the_order_in_which_they_were_written():
    petition = PetitionFactory(is_open=True)
    for kind in ("write", "call", "share"):
        ActionStep.objects.create(petition=petition, kind=kind)
    assert [step.kind for step in petition.steps.all()] == ["write", "call", "share"]


@pytest.mark.parametrize(
    ("phone", "uri"),
    [
        ("01632 960 147", "tel:01632960147"),
        ("+44 1632 960-147", "tel:+441632960147"),
        ("(+351) 21 000 00 00", "tel:+351210000000"),
        ("00 44 (0)1632/960147", "tel:004401632960147"),
        ("1+2", "tel:12"),
        ("++1 2", "tel:+12"),
        ("", ""),
        ("+", ""),
        ("by letter only", ""),
        ("javascript:alert(1)", "tel:1"),
    ],
)
def test_a_number_as_it_is_dialled(phone, uri):
    assert ActionStep(phone=phone).phone_uri == uri


@pytest.mark.parametrize(
    ("link", "safe"),
    [
        ("https://board.example/7", "https://board.example/7"),
        ("http://board.example/", "http://board.example/"),
        ("javascript:alert(1)", ""),
        ("JAVASCRIPT:alert(1)", ""),
        ("", ""),
    ],
)
def test_a_link_leads_to_the_web_or_nowhere(link, safe):
    assert ActionStep(link=link).safe_link == safe
