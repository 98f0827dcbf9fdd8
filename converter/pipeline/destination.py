"""Where a run writes: staged beside the target, and committed at once; nothing has happened before that."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

from converter.errors import TargetError, UsageError
from converter.storage.commit import CommitResult, Staging
from converter.storage.faults import writing
from converter.storage.room import check_settled, settle
from converter.storage.target import check_kind, check_target

if TYPE_CHECKING:
    from converter.formats.front import DatabaseTarget, Format, Target, TreeTarget
    from converter.pipeline.session import Session
    from converter.storage.database import DatabaseUpdate
    from converter.storage.update import TreeUpdate

__all__ = ["Destination", "check_destination"]


def check_destination(session: Session) -> None:
    """Refuse a target that may not be written; raises `TargetError`, or `UsageError` where nothing can be merged."""
    options, front = session.options, session.target_front
    final = Path(options.target)
    if options.into:
        _check_merge(session, final)
    elif not options.dry_run:
        check_target(Path(options.source), final, options.overwrite_output, folder=not front.single_file)
        _refuse_use(front, final)
        if front.beside is not None and not options.inline:
            from converter.storage.companion import check_companions

            check_companions(final, front.beside(final.name), options.overwrite_output)


def _check_merge(session: Session, final: Path) -> None:
    front = session.target_front
    if front.open_merge is None:
        raise UsageError(f"--into cannot merge into the format {front.id!r}.", hint="Convert into a new target.")
    if not final.exists():
        raise UsageError(f"There is no target {final} to merge into.", hint="Convert into a new one: without --into.")
    check_target(Path(session.options.source), final, True, folder=final.is_dir())
    if session.options.dry_run:
        check_settled(final)
    elif told := settle(final):
        session.report.about["leftovers"] = list(told)
    check_kind(final, folder=not front.single_file)
    _refuse_use(front, final)
    if front.merges == "database" and not session.options.dry_run:
        from converter.storage.exclusive import take_back

        with writing(final):
            take_back(final)


def _refuse_use(front: Format, final: Path) -> None:
    """Refuse a target that an application holds."""
    with writing(final):
        why = front.in_use(final) if front.in_use is not None and final.exists() else ""
    if why:
        raise TargetError(f"{why}.", hint="Close the application and try again.")


class Destination:
    """The staged target of a run; a context manager. `target` takes the items; without `commit` nothing happens."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._final = Path(session.options.target)
        self._done = False
        self._staged: Staging | TreeUpdate | DatabaseUpdate
        self.target: Target

    def __enter__(self) -> Self:
        front, writing = self._session.target_front, self._session.writing
        self._staged = self._staging()
        try:  # a signal can come as soon as there is a room, and leaving one that was not entered does nothing
            self._staged.__enter__()
            if self._staged.leftovers:
                self._session.report.about["leftovers"] = list(self._staged.leftovers)
            if self._session.options.into and front.open_merge is not None:
                self.target = front.open_merge(self._final, self._staged.path, writing)
            else:
                self.target = front.open_target(self._staged.path, writing)
        except BaseException as error:
            self._staged.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def _staging(self) -> Staging | TreeUpdate | DatabaseUpdate:
        front = self._session.target_front
        merges = front.merges if self._session.options.into else ""
        if merges == "tree":
            from converter.storage.update import TreeUpdate

            return TreeUpdate(self._final)
        if merges == "database":
            from converter.storage.database import DatabaseUpdate

            return DatabaseUpdate(self._final)
        return Staging.for_file(self._final) if front.single_file else Staging.for_folder(self._final)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if not self._done:
                self.target.abandon()
        finally:
            self._staged.__exit__(kind, error, trace)

    def commit(self) -> CommitResult:
        """Put everything in its final place; the target was finished."""
        made = self._commit()
        self._done = True
        return made

    def _commit(self) -> CommitResult:
        backup, staged = self._session.options.backup, self._staged
        if isinstance(staged, Staging):
            self._revalidate()
            return self._replaced(staged)
        from converter.storage.update import TreeUpdate

        if isinstance(staged, TreeUpdate):
            grown = cast("TreeTarget", self.target).grown
            return staged.commit(backup, self._revalidate, grown=grown)
        return staged.commit(cast("DatabaseTarget", self.target).apply, backup, self._revalidate)

    def _replaced(self, staged: Staging) -> CommitResult:
        """Put what is staged in the place of what was there, with what stands beside it."""
        options, beside = self._session.options, self._session.target_front.beside
        overwrite = options.overwrite_output or options.into
        if beside is None or options.inline:
            return staged.commit(overwrite, options.backup)
        from converter.storage.companion import commit_with_companions

        return commit_with_companions(staged, beside(staged.final.name), overwrite, options.backup)

    def _revalidate(self) -> None:
        """A target that takes what comes must be the one that was looked at."""
        if not self._session.options.into:
            return
        from converter.storage.state import quick_state

        if quick_state(self._final) != self._session.seen:
            hint = "Nothing was written. Close what uses it, and run the command again."
            raise TargetError(f"The target {self._final} changed while the run was under way.", hint=hint)
