"""Workers that do something else in the place of one of their tasks, and turns of one step."""

from collections.abc import Callable
from dataclasses import replace

from supporters import worker as worker_module
from supporters.tasks import TASKS


def do_instead(monkeypatch, **acts) -> None:
    """By the task's name."""
    assert acts.keys() <= {task.name for task in TASKS}
    tasks = tuple(replace(task, act=acts.get(task.name, task.act)) for task in TASKS)
    monkeypatch.setattr(worker_module, "TASKS", tasks)


def only(steps: int) -> Callable[[], bool]:
    """A `go_on` for so many."""
    left = iter(range(steps))
    return lambda: next(left, None) is not None
