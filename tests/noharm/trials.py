"""How many trials of a kind are made: a few in every run of the tests, all when it is asked for."""

from __future__ import annotations

import os
import random
from pathlib import Path

from tests.noharm.harness import CODES, Kind, Trials, Worker

_CODES = tuple(CODES)
_SIGNALS = (2, 15)
_MOMENTS = 60
_MEETINGS = 9
"""At so many calls once another run comes: with a library in its transaction each takes 10 seconds of waiting."""


def some(worker: Worker, kind: Kind, place: Path, each: int) -> None:
    """So many failures and deaths of one kind, spread over all its calls; which ones follows from its name."""
    trials = Trials(worker, kind, place)
    chance = random.Random(kind.name)  # noqa: S311  for choosing, not for secrets
    last = trials.clean.calls
    numbers = chance.sample(range(1, last + 1), min(each, last))
    # the last calls are those of the commit, where most can go wrong
    late = chance.sample(range(max(1, last - 40), last + 1), min(each, last, 40))
    for turn, number in enumerate(numbers + late):
        trials.fail(number, _CODES[turn % len(_CODES)])
    for number in late:
        trials.kill(number)
    trials.again()
    if kind.action == "cli" and each > 1:
        trials.meet(last * 3 // 10 if kind.whole else last * 6 // 10)
        trials.stop_at(chance.random() * trials.clean.seconds, _SIGNALS[len(kind.name) % 2])
        trials.stop(late[0], _SIGNALS[0])
        trials.stop(late[-1], _SIGNALS[1])
        trials.stop(late[1], _SIGNALS[1], twice=True)
    trials.kill(delay=chance.random() * trials.clean.seconds)


def all_of(worker: Worker, kind: Kind, place: Path) -> str:
    """Every call fails in each way and is died at, and some moments more: what came of it.

    `NOHARM_STEP` in the environment takes every so many calls, and so many times fewer moments.
    """
    step = int(os.environ.get("NOHARM_STEP", "1"))
    trials = Trials(worker, kind, place)
    chance = random.Random(kind.name)  # noqa: S311
    for number in range(1, trials.clean.calls + 1, step):
        for code in _CODES:
            trials.fail(number, code)
        trials.kill(number)
        trials.again()
        for signal in _SIGNALS if kind.action == "cli" else ():
            trials.stop(number, signal)
            trials.stop(number, signal, twice=True)
        if kind.action == "cli" and number % _MEETINGS == 1:
            trials.meet(number)
    for _ in range(-(-_MOMENTS // step)):
        trials.kill(delay=chance.random() * trials.clean.seconds * 1.2)
        for signal in _SIGNALS if kind.action == "cli" else ():
            trials.stop_at(chance.random() * trials.clean.seconds, signal)
    told = "; ".join(f"{how}: {count}" for how, count in sorted(trials.counts.items()))
    return f"{kind.name}: {trials.clean.calls} calls, {trials.counts.total()} trials; {told}"
