"""Workers of a Dask cluster (`codecbench[cluster]`).

Dask moves plain data and starts `codecbench.run.part` again where a worker was lost; it knows nothing of codecs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from types import TracebackType
from typing import Any

from codecbench.errors import UsageError
from codecbench.run.part import PartJob, PlanFacts, do_part, facts_of

CONNECT_S = 30


class DaskWorkers:
    """Those of the scheduler at `address`. A connection by tls:// takes the certificates that Dask's settings name."""

    def __init__(self, address: str) -> None:
        """Raises UsageError where Dask is not installed, or nobody answers."""
        try:
            dask: Any = import_module("distributed")  # it has no types
        except ImportError as error:
            raise UsageError("--scheduler needs Dask: pip install 'codecbench[cluster]'") from error
        self._as_completed = dask.as_completed
        try:
            self._client: Any = dask.Client(address, timeout=CONNECT_S, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise UsageError(f"--scheduler {address}: no scheduler answers there ({error})") from error

    def __enter__(self) -> DaskWorkers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def facts(self, request: Mapping[str, object]) -> Mapping[str, PlanFacts | str]:
        """See `codecbench.run.cluster.Workers`."""
        answers: Mapping[str, PlanFacts | str] = self._client.run(facts_of, request, on_error="return")
        return {name: answer if isinstance(answer, PlanFacts) else str(answer) for name, answer in answers.items()}

    def done(self, jobs: Iterable[PartJob]) -> Iterator[bytes | str]:
        """See `codecbench.run.cluster.Workers`."""
        # pure=False: a job that is asked for again is done again; retries are Dask's own, for workers that are lost.
        futures = [self._client.submit(do_part, job, pure=False) for job in jobs]
        for future in self._as_completed(futures, loop=self._client.loop):
            problem = future.exception()
            yield str(problem) if problem is not None else future.result()
            future.release()
