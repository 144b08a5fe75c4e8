"""What the report of the benchmarks says of its own rows. The figures themselves are not tested."""

import subprocess
from pathlib import Path

import pytest

from benchmarks import bench, report
from benchmarks.cases import CASES
from benchmarks.cases.memory import one_of_each
from benchmarks.cases.rounds import Result
from benchmarks.cases.surge import Crowd, keeping_pace
from benchmarks.cases.vacuuming import said

HEAD = "| case | median (range) | beside | median (range) | ratio (range) | to reach | notes |\n"
OLD = "| count.json | 9/s (9–9) | constant | 9/s (9–9) | 1.00 (1.00–1.00) | ≥ 0.90 | old |\n"


def result(**more: object) -> Result:
    values = {
        "title": "page",
        "beside": "constant",
        "target": "≥ 0.90",
        "ours": [2.0],
        "floor": [1.0],
    }
    return Result(**(values | more))  # type: ignore[arg-type]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One commit, with a document and a piece of code."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "performance.md").write_text(
        f"# P\n\n{report.BEGIN}{HEAD}{OLD}{report.END}"
    )
    (tmp_path / "code.py").write_text("one = 1\n")
    (tmp_path / "supporters").mkdir()
    (tmp_path / "supporters" / "models.py").write_text("one = 1\n")
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "One"]):
        subprocess.run(
            ["git", "-c", "user.name=Mo", "-c", "user.email=mo@example.org", *command],
            cwd=tmp_path, check=True,
        )  # fmt: skip
    monkeypatch.setattr(report, "ROOT", tmp_path)
    monkeypatch.setattr(report, "DOCUMENT", tmp_path / "docs" / "performance.md")
    forget()
    yield tmp_path
    forget()


def forget() -> None:
    report.revision.cache_clear()
    report.is_as_now.cache_clear()


def commit(folder: Path) -> str:
    asked = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(
        asked, cwd=folder, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_a_row_names_the_commit_it_was_measured_at(repository: Path) -> None:
    assert f" at {commit(repository)}, load " in report.row(result())


def test_a_row_says_that_the_code_was_changed_since(repository: Path) -> None:
    (repository / "code.py").write_text("one = 2\n")

    assert f" at {commit(repository)}+, load " in report.row(result())


def test_what_the_case_before_wrote_is_no_change_of_the_code(repository: Path) -> None:
    report.DOCUMENT.write_text("Another.\n")

    assert report.revision() == commit(repository)


def test_without_a_repository_the_revision_is_unknown(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "ROOT", repository / "nowhere")

    assert report.revision() == "an unknown revision"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"how": "3 × 5 s, 32 clients"}, "| 3 × 5 s, 32 clients; "),
        ({}, "| once; "),
        ({"ours": [2.0, 2.0], "floor": [1.0, 1.0]}, "| 2 rounds; "),
    ],
)
def test_a_row_says_what_its_rounds_were(
    repository: Path, more: dict[str, object], said: str
) -> None:
    assert said in report.row(result(**more))


def test_rows_of_other_cases_keep_their_figures(repository: Path) -> None:
    report.write([result()], "PostgreSQL 15.20 (autovacuum off)")

    text = report.DOCUMENT.read_text()
    assert OLD.removesuffix(" |\n") in text
    assert "| page | 2/s (2–2) | constant | 1/s (1–1) | 2.00 (2.00–2.00) |" in text
    assert "PostgreSQL 15.20 (autovacuum off), everything" in text


def test_the_case_on_sqlite_leaves_the_database_of_the_others_in_the_head(repository: Path) -> None:
    report.write([result()], "PostgreSQL 15.20 (autovacuum off)")
    report.write([result(title="sign on SQLite")], "SQLite 3.40.1")

    assert "PostgreSQL 15.20 (autovacuum off), everything" in report.DOCUMENT.read_text()


def written(title: str) -> str:
    """The row of this title in the document, after another case has written its own."""
    forget()
    report.write([result(title="another")], "PostgreSQL 15.20 (autovacuum off)")
    return next(
        line for line in report.DOCUMENT.read_text().splitlines() if line.startswith(f"| {title} |")
    )


def test_a_row_without_a_commit_is_marked_once(repository: Path) -> None:
    written("count.json")

    assert written("count.json").endswith(f"| old{report.OLDER} |")


def test_a_row_of_the_code_as_it_is_has_no_mark(repository: Path) -> None:
    report.write([result()], "PostgreSQL 15.20 (autovacuum off)")
    (repository / "code.py").write_text("one = 2\n")  # is nothing that a figure depends on

    assert report.OLDER not in written("page")


def test_a_row_is_marked_while_the_code_is_not_what_was_measured(repository: Path) -> None:
    report.write([result()], "PostgreSQL 15.20 (autovacuum off)")
    (repository / "supporters" / "models.py").write_text("one = 2\n")

    assert report.OLDER in written("page")

    (repository / "supporters" / "models.py").write_text("one = 1\n")
    assert report.OLDER not in written("page")


def test_a_row_measured_with_changes_is_marked(repository: Path) -> None:
    (repository / "code.py").write_text("one = 2\n")
    report.write([result()], "PostgreSQL 15.20 (autovacuum off)")

    assert report.OLDER in written("page")


def test_a_row_of_an_unknown_commit_is_marked() -> None:
    line = "| page | … | 2026-11-30 at 0123456, load 1.0 |"

    assert report.marked(line) == f"| page | … | 2026-11-30 at 0123456, load 1.0{report.OLDER} |"


def test_every_case_is_asked_for_and_known() -> None:
    assert sorted(bench.NAMES) == sorted(CASES)


def test_a_surge_without_a_clock_says_how_far_the_mails_fell_behind() -> None:
    signed = {f"s{n}": 100.0 + n for n in range(11)}  # the last one signs at 110
    mailed = {name: moment + 2 for name, moment in signed.items()}

    row = keeping_pace(Crowd(signed=signed, mailed=mailed, seconds=10, notes=["11 signatures"]))

    assert row.floor == [1.1]
    assert row.ours == [0.9]  # nine had their mail before 110
    assert row.notes == [
        "11 signatures",
        "of the mails that came while they signed 95 % had taken less than 2.0 s, the longest 2.0 s",
        "2 had none yet at the last signature, the last of them 2.0 s later; the longest wait was 2.0 s",
    ]


def test_a_surge_whose_mails_all_come_afterwards_is_told_as_well() -> None:
    signed, mailed = {"a": 1.0, "b": 3.0}, {"a": 4.0, "b": 9.0}

    row = keeping_pace(Crowd(signed=signed, mailed=mailed, seconds=2, notes=[]))

    assert row.ours == [0.0]
    assert row.notes == [
        "2 had none yet at the last signature, the last of them 6.0 s later; the longest wait was 6.0 s"
    ]


@pytest.mark.parametrize(
    ("took", "automatic", "who"),
    [
        ([], True, "autovacuum on, it came 3 times"),
        ([], False, "autovacuum off, VACUUM 0 times in its place"),
        ([0.5, 2.0], False, "autovacuum off, VACUUM 2 times in its place, 2.0 s at most"),
    ],
)
def test_a_row_says_who_vacuumed_and_what_is_left(
    *, took: list[float], automatic: bool, who: str
) -> None:
    left = {
        "dead": 1_200,
        "updated": 9,
        "HOT": 0,
        "table": 56_000,
        "indexes": 7_000,
        "autovacuums": 3,
    }

    assert said(took, {"petitions_petition": left}, automatic=automatic) == [
        who,
        "petitions_petition at the end: 1,200 dead rows, table 56 kB, indexes 7 kB",
    ]


def test_of_the_pages_for_one_person_one_of_each_kind_is_asked_for() -> None:
    own = ["/signature/a/", "/signature/b/", "/confirm/c/", "/accounts/login/", "/accounts/login/"]

    assert set(one_of_each(own)) == {"/signature/a/", "/confirm/c/", "/accounts/login/"}
