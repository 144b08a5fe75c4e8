"""Where somebody reads their mail, by the domain of their address: a shortcut to our message.

Only mailboxes that everybody of a domain has, and only addresses of their providers. Whoever has
another finds their mail as they always do. Nothing of the reader's address goes into the link.
"""

from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import quote

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Inbox:
    """`url` may contain {sender}: where the provider has an address that searches for our mail."""

    name: str
    url: str


# (name, address, domains). Gmail looks into all folders, spam too, an hour back.
_KNOWN = (
    (
        "Gmail",
        "https://mail.google.com/mail/u/0/#search/from%3A({sender})+in%3Aanywhere+newer_than%3A1h",
        "gmail.com googlemail.com",
    ),
    (
        "Outlook",
        "https://outlook.live.com/mail/0/",
        """
        outlook.com hotmail.com live.com msn.com passport.com windowslive.com outlook.at
        outlook.be outlook.cl outlook.co.id outlook.co.th outlook.com.ar outlook.com.au
        outlook.com.br outlook.com.gr outlook.com.tr outlook.com.vn outlook.cz outlook.de
        outlook.dk outlook.es outlook.fr outlook.hu outlook.ie outlook.in outlook.it outlook.jp
        outlook.kr outlook.lv outlook.my outlook.ph outlook.pt outlook.sa outlook.sg outlook.sk
        hotmail.be hotmail.ca hotmail.ch hotmail.co.jp hotmail.co.nz hotmail.co.uk
        hotmail.com.ar hotmail.com.au hotmail.com.br hotmail.com.mx hotmail.com.tr hotmail.de
        hotmail.dk hotmail.es hotmail.fi hotmail.fr hotmail.gr hotmail.it hotmail.nl hotmail.no
        hotmail.pt hotmail.se live.at live.be live.ca live.ch live.cl live.cn live.co.uk
        live.co.za live.com.ar live.com.au live.com.mx live.com.pt live.de live.dk live.fi
        live.fr live.ie live.in live.it live.jp live.nl live.no live.ru live.se
        """,
    ),
    (
        "Yahoo Mail",
        "https://mail.yahoo.com/",
        """
        yahoo.com ymail.com rocketmail.com myyahoo.com yahoo.at yahoo.be yahoo.bg yahoo.ca
        yahoo.ch yahoo.cl yahoo.co.id yahoo.co.il yahoo.co.in yahoo.co.kr yahoo.co.nz
        yahoo.co.th yahoo.co.uk yahoo.co.za yahoo.com.ar yahoo.com.au yahoo.com.br yahoo.com.co
        yahoo.com.hk yahoo.com.hr yahoo.com.mx yahoo.com.my yahoo.com.pe yahoo.com.ph
        yahoo.com.sg yahoo.com.tr yahoo.com.tw yahoo.com.ua yahoo.com.ve yahoo.com.vn yahoo.cz
        yahoo.de yahoo.dk yahoo.ee yahoo.es yahoo.fi yahoo.fr yahoo.gr yahoo.hu yahoo.ie
        yahoo.in yahoo.it yahoo.lt yahoo.lv yahoo.nl yahoo.no yahoo.pl yahoo.pt yahoo.ro
        yahoo.rs yahoo.se yahoo.si yahoo.sk
        """,
    ),
    ("Yahoo!メール", "https://mail.yahoo.co.jp/", "yahoo.co.jp ybb.ne.jp"),
    ("iCloud Mail", "https://www.icloud.com/mail/", "icloud.com me.com mac.com"),
    (
        "Proton Mail",
        "https://mail.proton.me/u/0/all-mail#from={sender}",
        "proton.me protonmail.com protonmail.ch pm.me",
    ),
    ("AOL Mail", "https://mail.aol.com/", "aol.com aol.de aol.fr aol.it aol.co.uk aim.com"),
    ("Fastmail", "https://app.fastmail.com/mail/", "fastmail.com fastmail.fm"),
    ("Zoho Mail", "https://mail.zoho.com/", "zohomail.com zoho.com"),
    (
        "Tuta",
        "https://app.tuta.com/",
        "tuta.com tuta.io tutamail.com tutanota.com tutanota.de keemail.me",
    ),
    ("mail.com", "https://www.mail.com/", "mail.com email.com usa.com"),
    ("GMX", "https://www.gmx.net/", "gmx.de gmx.net gmx.at gmx.ch"),
    ("GMX", "https://www.gmx.com/", "gmx.com gmx.us gmx.co.uk gmx.es gmx.fr"),
    ("WEB.DE", "https://web.de/", "web.de"),
    ("Telekom E-Mail", "https://email.t-online.de/", "t-online.de magenta.de"),
    ("Posteo", "https://posteo.de/", "posteo.de posteo.net posteo.org posteo.eu"),
    ("mailbox.org", "https://login.mailbox.org/", "mailbox.org"),
    ("Mail Orange", "https://messagerie.orange.fr/", "orange.fr wanadoo.fr"),
    ("Laposte.net", "https://www.laposte.net/", "laposte.net"),
    ("Libero Mail", "https://mail.libero.it/", "libero.it iol.it inwind.it blu.it giallo.it"),
    ("BT Email", "https://email.bt.com/", "btinternet.com btopenworld.com"),
    ("Poczta WP", "https://poczta.wp.pl/", "wp.pl"),
    ("Poczta o2", "https://poczta.o2.pl/", "o2.pl"),
    ("Onet Poczta", "https://poczta.onet.pl/", "onet.pl op.pl poczta.onet.pl vp.pl onet.eu"),
    ("Poczta Interia", "https://poczta.interia.pl/", "interia.pl interia.eu poczta.fm"),
    ("Email Seznam", "https://email.seznam.cz/", "seznam.cz email.cz post.cz"),
    ("UKR.NET", "https://mail.ukr.net/", "ukr.net"),
    ("Mail.ru", "https://e.mail.ru/inbox/", "mail.ru bk.ru inbox.ru list.ru internet.ru"),
    ("Yandex Mail", "https://mail.yandex.com/", "yandex.com yandex.ru yandex.by yandex.kz ya.ru"),
    ("QQ邮箱", "https://mail.qq.com/", "qq.com foxmail.com"),
    ("163邮箱", "https://mail.163.com/", "163.com"),
    ("126邮箱", "https://mail.126.com/", "126.com"),
    ("네이버 메일", "https://mail.naver.com/", "naver.com"),
    ("Daum 메일", "https://mail.daum.net/", "daum.net hanmail.net kakao.com"),
    ("UOL Mail", "https://email.uol.com.br/", "uol.com.br"),
    ("Terra Mail", "https://mail.terra.com.br/", "terra.com.br"),
    ("Rediffmail", "https://mail.rediff.com/", "rediffmail.com"),
)

_BY_DOMAIN = {
    domain: Inbox(name, url) for name, url, domains in _KNOWN for domain in domains.split()
}


def inbox_of(address: str) -> Inbox | None:
    """The mailbox that an address is read in, its `url` ready to be opened; None if not known."""
    inbox = _BY_DOMAIN.get(address.rpartition("@")[2].lower())
    if inbox is None:
        return None
    sender = parseaddr(str(settings.DEFAULT_FROM_EMAIL))[1]
    return Inbox(inbox.name, inbox.url.replace("{sender}", quote(sender, safe="")))
