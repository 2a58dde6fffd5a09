"""Workers of a Dask cluster (`codecbench[cluster]`).

Dask moves plain data and starts `codecbench.run.part` again where a worker was lost; it knows nothing of codecs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any

from codecbench.errors import UsageError
from codecbench.run.part import PartJob, PlanFacts, do_part, facts_of
from codecbench.run.shipping import Shipment, pack, unpack

DEVICE = "GPU"
"""The resource that a worker with a device offers: `dask worker --resources GPU=1`."""


class DaskWorkers:
    """Those of the scheduler at `address`. A connection by tls:// takes the certificates that Dask's settings name.

    `shipped` is sent to each of them: they need not see its files. Parts that a device computes go to workers that
    offer one, as many at once as they offer.
    """

    def __init__(self, address: str, shipped: Shipment | None = None) -> None:
        """Raises UsageError where Dask is not installed, or nobody answers."""
        try:
            dask: Any = import_module("distributed")  # it has no types
        except ImportError as error:
            raise UsageError("--scheduler needs Dask: pip install 'codecbench[cluster]'") from error
        self._as_completed = dask.as_completed
        try:
            # How long it waits for an answer is Dask's own setting, distributed.comm.timeouts.connect: 30 s.
            self._client: Any = dask.Client(address, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise UsageError(f"--scheduler {address}: no scheduler answers there ({error})") from error
        self._audio = None if shipped is None else self._client.scatter(pack(shipped), hash=False)

    def __enter__(self) -> DaskWorkers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def facts(self, request: Mapping[str, object]) -> Mapping[str, PlanFacts | str]:
        """See `codecbench.run.cluster.Workers`."""
        workers: Mapping[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        if request["device"] != "cpu" and workers and not any(DEVICE in one["resources"] for one in workers.values()):
            raise UsageError(
                f"--device {request['device']} with --scheduler: no worker offers one; start those that have one by "
                f"dask worker ... --resources {DEVICE}=1"
            )
        asked = {
            name: self._client.submit(_facts, request, self._audio, workers=[name], pure=False, retries=0)
            for name in workers
        }
        return {name: _answer(future) for name, future in asked.items()}

    def done(self, jobs: Iterable[PartJob]) -> Iterator[bytes | str]:
        """See `codecbench.run.cluster.Workers`."""
        # pure=False: a job that is asked for again is done again; retries are Dask's own, for workers that are lost.
        futures = [
            self._client.submit(_do, job, self._audio, pure=False, resources={DEVICE: 1} if job.on_device else None)
            for job in jobs
        ]
        for future in self._as_completed(futures, loop=self._client.loop):
            yield _answer(future)
            future.release()


def _answer(future: Any) -> Any:
    """What the task returned, or what went wrong."""
    problem = future.exception()
    return str(problem) if problem is not None else future.result()


def _facts(request: Mapping[str, object], audio: bytes | None) -> PlanFacts | str:
    return facts_of(_at(request, audio))


def _do(job: PartJob, audio: bytes | None) -> bytes | str:
    return do_part(replace(job, request=_at(job.request, audio)))


def _at(request: Mapping[str, object], audio: bytes | None) -> Mapping[str, object]:
    """On a worker: the request, by the audio that was shipped."""
    if audio is None:
        return request
    worker: Any = import_module("distributed").get_worker()
    return {**request, "dataset": str(unpack(audio, Path(worker.local_directory)))}
