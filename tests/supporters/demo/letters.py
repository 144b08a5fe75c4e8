"""A mail as the site sends it."""

from django.core.mail import EmailMultiAlternatives


def letter(
    subject="Confirm your signature", to="Noor <noor@example.org>"
) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        subject, "Press\nhttp://localhost:8000/confirm/1.abc_-/\n", "us@site.test", [to],
        headers={"List-Unsubscribe": "<http://localhost:8000/unsubscribe/1.abc/>"},
    )  # fmt: skip
    mail.attach_alternative("<p style='color:red'>Press <script>x</script></p>", "text/html")
    return mail
