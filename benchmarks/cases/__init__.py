"""The cases: what is measured, beside what, and what is checked afterwards.

Each gives one Result per row of the report.
"""

from collections.abc import Callable

from benchmarks.cases.bloat import fold_bloat
from benchmarks.cases.confirming import confirm
from benchmarks.cases.download import download
from benchmarks.cases.growth import growth
from benchmarks.cases.hot import hot, hot_slow
from benchmarks.cases.inserts import insert
from benchmarks.cases.mail import mail
from benchmarks.cases.mailing import mailing
from benchmarks.cases.many import many
from benchmarks.cases.memory import memory
from benchmarks.cases.mixed import mixed
from benchmarks.cases.pages import count, middleware, page, uncached
from benchmarks.cases.rounds import Place, Result
from benchmarks.cases.signing import sign, sign_blocked, sign_sqlite
from benchmarks.cases.surge import surge, surge_free

Case = Callable[[Place], list[Result]]

CASES: dict[str, Case] = {
    "page": page,
    "count": count,
    "uncached": uncached,
    "middleware": middleware,
    "memory": memory,
    "sign": sign,
    "sign_blocked": sign_blocked,
    "confirm": confirm,
    "insert": insert,
    "hot": hot,
    "hot_slow": hot_slow,
    "mail": mail,
    "mailing": mailing,
    "download": download,
    "growth": growth,
    "many": many,
    "fold_bloat": fold_bloat,
    "mixed": mixed,
    "surge": surge,
    "surge_free": surge_free,
    "sign_sqlite": sign_sqlite,
}
