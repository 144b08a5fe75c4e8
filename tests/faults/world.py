"""Where a test's people and processes are: a database, mailboxes, and what is started for it."""

from dataclasses import dataclass, field
from typing import Any

from tests.faults.cluster import Cluster
from tests.faults.crowd import Crowd
from tests.faults.processes import Processes, Running
from tests.smtp import Inbox, LoopbackSMTP
from tests.threads import wait_until


@dataclass
class World:
    cluster: Cluster
    database: str
    smtp: LoopbackSMTP
    processes: Processes
    _sampler: list[Running] = field(default_factory=list)

    @property
    def inbox(self) -> Inbox:
        return self.smtp.inbox

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.cluster.ask(self.database, query, *values)

    def crowd(self, *sites: Running) -> Crowd:
        """The people; from now on the number is compared with the rows, too."""
        if not self._sampler:
            self._sampler.append(self.processes.python("sampler", "-m", "tests.faults.sampler"))
        return Crowd(sites=sites, inbox=self.inbox)

    def settle(self) -> None:
        """Until all mail has left and every signature has its position: nobody helps."""
        wait_until(lambda: not self.waiting_mails(), "all mail has left")
        wait_until(
            lambda: (
                not self.ask(
                    "SELECT 1 FROM supporters_signature WHERE status = 'confirmed' AND position IS NULL"
                )
            ),
            "every signature has a position",
        )

    def waiting_mails(self) -> int:
        [(number,)] = self.ask(
            "SELECT COUNT(*) FROM supporters_outgoingmail WHERE sent_at IS NULL AND failed_at IS NULL"
        )
        return int(number)

    def a_while_passes(self) -> None:
        """For mails that were put off for a minute or more."""
        self.ask("UPDATE supporters_outgoingmail SET not_before = now() WHERE not_before > now()")

    def sampled(self) -> str:
        for sampler in self._sampler:
            sampler.end()
        return "".join(sampler.log() for sampler in self._sampler)
