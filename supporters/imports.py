"""Petitions from elsewhere: stored once per source and id, with the supporters they bring along.

Lines go into the database a batch at a time. A batch that fails is done again line by line, so
that one bad line costs nobody else anything.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from django.db import DataError, IntegrityError, transaction
from django.db.models import Sum

from petitions.bulk import save_new
from petitions.models import Petition, StaffAct
from supporters.import_lines import BadLine, Line, read_line
from supporters.models import CountAdjustment

BATCH = 200  # lines a transaction: on SQLite it holds the write lock for about half a second


class Fate(StrEnum):
    """What became of a line."""

    IMPORTED = "imported"
    UPDATED = "updated"  # was here; the count in the file differs, so the difference was recorded
    UNCHANGED = "unchanged"  # was here, with this count
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """How lines are taken in. `source` names where the petitions and their counts come from.

    Petitions that were imported before keep their text, state and dates: here they may have been
    edited, closed or hidden since. Only a count that differs is followed, by an entry in the
    ledger for the difference.
    """

    source: str
    language: str
    read_only: bool = True
    dry_run: bool = False

    def run(self, lines: Iterable[bytes], *, refuse: Callable[[int, str], None]) -> Iterable[Fate]:
        """Yield the fate of every line that is not blank; call `refuse(number, why)` for bad ones.

        Fates come once their batch is committed, in batches, refusals first.
        """
        numbered = (
            (number, raw) for number, raw in enumerate(_without_mark(lines), start=1) if raw.strip()
        )
        seen: dict[str, int] = {}
        while raws := list(islice(numbered, BATCH)):
            batch: dict[int, Line] = {}
            for number, raw in raws:
                try:
                    line = read_line(raw)
                    if first := seen.get(line.source_id):
                        raise BadLine(f"id {line.source_id} was on line {first} already")  # noqa: TRY301
                except BadLine as problem:
                    refuse(number, str(problem))
                    yield Fate.REFUSED
                    continue
                seen[line.source_id] = number
                batch[number] = line
            yield from self._store(batch, refuse)

    def _store(self, batch: dict[int, Line], refuse: Callable[[int, str], None]) -> list[Fate]:
        lines = list(batch.values())
        if self.dry_run:
            known = self._known(lines, lock=False)
            return [self._fate(line, known) for line in lines]
        try:
            with transaction.atomic():
                known = self._known(lines, lock=True)
                self._store_new([line for line in lines if line.source_id not in known])
                self._follow_counts(lines, known)
                fates = [self._fate(line, known) for line in lines]
                self._note(fates)
                return fates
        except (DataError, IntegrityError, ValueError) as problem:
            if len(batch) > 1:
                alone = [self._store({number: line}, refuse) for number, line in batch.items()]
                return [fate for fates in alone for fate in fates]
            for number in batch:
                refuse(number, str(problem).partition("\n")[0])
            return [Fate.REFUSED] * len(batch)

    def _note(self, fates: list[Fate]) -> None:
        """One act of the site for a batch, unless it changed nothing."""
        parts = [f"{fates.count(fate)} {fate}" for fate in (Fate.IMPORTED, Fate.UPDATED)]
        if {Fate.IMPORTED, Fate.UPDATED} & set(fates):
            note = f"import_petitions, {self.source}: {', '.join(parts)}"
            StaffAct.record(by=None, verb=StaffAct.Verb.ADDED, note=note)

    def _store_new(self, lines: list[Line]) -> None:
        petitions = [
            line.petition(source=self.source, language=self.language, read_only=self.read_only)
            for line in lines
        ]
        save_new(petitions)
        # With their counts from the first moment, so that no UPDATE for each has to follow.
        CountAdjustment.objects.bulk_create(
            self._carried_over(line, petition_id=petition.pk, quantity=line.signature_count)
            for line, petition in zip(lines, petitions, strict=True)
            if line.signature_count
        )

    def _follow_counts(self, lines: list[Line], known: dict[str, tuple[int, int]]) -> None:
        for line in lines:
            if self._fate(line, known) == Fate.UPDATED:
                petition_id, counted = known[line.source_id]
                self._carried_over(
                    line, petition_id=petition_id, quantity=line.signature_count - counted
                ).save()

    def _carried_over(self, line: Line, *, petition_id: int, quantity: int) -> CountAdjustment:
        return CountAdjustment(
            petition_id=petition_id,
            kind=CountAdjustment.Kind.CARRIED_OVER,
            quantity=quantity,
            source=self.source,
            reason=line.url,
        )

    @staticmethod
    def _fate(line: Line, known: dict[str, tuple[int, int]]) -> Fate:
        if line.source_id not in known:
            return Fate.IMPORTED
        _petition_id, counted = known[line.source_id]
        return Fate.UNCHANGED if line.signature_count == counted else Fate.UPDATED

    def _known(self, lines: Iterable[Line], *, lock: bool) -> dict[str, tuple[int, int]]:
        """Of the lines that were imported before: the petition's id and what it carried over."""
        petitions = (
            Petition.objects.filter(
                source=self.source, source_id__in=[line.source_id for line in lines]
            )
            .exclude(source_id="")  # names the condition of petitions_source_once
            .order_by("pk")
        )
        if lock:
            petitions = petitions.select_for_update(no_key=True)
        ids = dict(petitions.values_list("source_id", "pk"))
        counted = dict(
            CountAdjustment.objects.filter(
                petition__in=ids.values(),
                kind=CountAdjustment.Kind.CARRIED_OVER,
                source=self.source,
            )
            .order_by()
            .values_list("petition")
            .annotate(counted=Sum("quantity"))
        )
        return {source_id: (pk, counted.get(pk, 0)) for source_id, pk in ids.items()}


def _without_mark(lines: Iterable[bytes]) -> Iterable[bytes]:
    """Without the byte order mark that some editors put before the first line."""
    for number, line in enumerate(lines):
        yield line.removeprefix(b"\xef\xbb\xbf") if number == 0 else line
