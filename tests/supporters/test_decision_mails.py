"""What the mails of a decision say to an organizer."""

import pytest

from supporters import mails, outbox
from supporters.models import OutgoingMail
from tests.factories import PetitionFactory, UserFactory
from tests.supporters.mail_texts import html_of

pytestmark = pytest.mark.django_db


def decide(move, **petition) -> mails.Mail:
    petition = PetitionFactory(title="Mend the bridge", **petition)
    event = move(petition, UserFactory(username="mo"))
    outbox.decision(event)
    return mails.compose(OutgoingMail.objects.get(kind="decision"))


def test_published():
    mail = decide(lambda petition, mo: petition.publish(by=mo), in_review=True)
    assert mail.subject == "Your petition is open: “Mend the bridge”"
    assert mail.body.startswith("Hello Ana,")
    for text in (mail.body, html_of(mail)):
        assert "http://localhost:8000/petitions/mend-the-bridge/" in text
        assert "http://localhost:8000/admin/petitions/petition/" in text  # what comes next


def test_sent_back_with_what_to_change():
    mail = decide(
        lambda petition, mo: petition.send_back(by=mo, note="Name the <office>."), in_review=True
    )
    assert mail.subject == "Your petition needs a change: “Mend the bridge”"
    assert "Name the <office>." in mail.body
    assert "Name the &lt;office&gt;." in html_of(mail)
    for text in (mail.body, html_of(mail)):
        assert "http://localhost:8000/admin/petitions/petition/" in text


def test_rejected_with_its_reason():
    mail = decide(
        lambda petition, mo: petition.reject(by=mo, reason="unclear", note="Which bridge?"),
        in_review=True,
    )
    assert mail.subject == "Your petition was not published: “Mend the bridge”"
    for text in (mail.body, html_of(mail)):
        assert "It is not clear what the petition asks for" in text
        assert "Which bridge?" in text


def test_what_is_hidden_cannot_be_changed_and_an_appeal_takes_so_long():
    petition = PetitionFactory(is_open=True)
    mail = mails.decision(petition.hide(by=UserFactory(username="mo"), note="A name in it."))
    assert "Your petition:\nhttp://localhost:8000/admin/" in mail.body
    assert "to read and change" not in mail.body
    for text in (mail.body, html_of(mail)):
        assert "looks at it then and decides within 14 days:" in " ".join(text.split())


def test_hidden_without_a_word_says_whom_to_ask():
    mo = UserFactory(username="mo")
    silent = mails.decision(PetitionFactory(is_open=True).hide(by=mo))
    told = mails.decision(PetitionFactory(is_open=True).hide(by=mo, note="A name in it."))
    closed = mails.decision(PetitionFactory(is_open=True).close(by=mo))
    ask = "To ask why, reply to this mail: it goes to those who run Undersigned."
    for mail, is_said in ((silent, True), (told, False), (closed, False)):
        for text in (mail.body, html_of(mail)):
            assert (ask in text) is is_said


def test_closed_hidden_and_back_without_private_notes():
    subjects = []
    petition = PetitionFactory(title="Mend the bridge", is_open=True)
    mo = UserFactory(username="mo")
    for move in (
        lambda: petition.close(by=mo, private_note="A threat."),
        lambda: petition.hide(by=mo, private_note="A threat."),
        lambda: petition.restore(by=mo),
        lambda: petition.reopen(by=mo),
    ):
        mail = mails.decision(move())
        assert "A threat." not in mail.body + html_of(mail)
        subjects.append(mail.subject.partition(":")[0])
    assert subjects == [
        "Your petition is closed",
        "Your petition is no longer shown",
        "Your petition is shown again",
        "Your petition is open again",
    ]
