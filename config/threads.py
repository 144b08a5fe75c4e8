"""What the threads of a process are for (PETITIONS_THREADS): the one sum of all that holds them.

Not in it: moderators who are known to be logged in, a few for each account (config.lanes), since
they can be named and ended; and the last comers of a crowd that signs, a tenth of a second each and
for a second (config.shedding).
"""

from dataclasses import dataclass

MACHINES = 2  # /readyz and /metrics, one each
FREE = 1  # at least; a page from memory takes it for a tenth of a millisecond


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How many threads are for what. Together with MACHINES and FREE they are all."""

    making: int  # answers, behind the gate
    waiting: int  # at the gate; what is left of both, for a page that another makes (Onlookers)
    organizers: int  # of those that wait, for who is known to organize, to be answered at once
    strangers: int  # who are answered at accounts and the admin
    strangers_waiting: int

    @classmethod
    def of(cls, threads: int) -> "Shares":
        making, strangers, strangers_waiting = threads // 4, max(1, threads // 16), threads // 16
        taken = making + strangers + strangers_waiting + MACHINES + FREE
        return cls(
            making=making,
            waiting=threads - taken,
            organizers=threads // 8 - 1,
            strangers=strangers,
            strangers_waiting=strangers_waiting,
        )
