"""A Spark cluster on this machine: a master and two workers, each a process with an address of its own.

Invariants: ports are whatever is free; every wait has an end, and a cluster that does not come up is tried again; nothing is
left running.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pyspark
from pyspark.sql import SparkSession

_T = TypeVar("_T")
SECONDS = 120
TRIES = 3
ADDRESSES = ["127.0.0.1", "127.0.0.2"]


def wait(what: str, look: Callable[[], _T | None], seconds: float = SECONDS) -> _T:
    """What ``look`` finds, as soon as it finds something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise TimeoutError(f"{what}: not within {seconds} s")


class Daemon:
    """A master or a worker."""

    def __init__(self, folder: Path, name: str, address: str, *arguments: str) -> None:
        self.log, self.address = folder / f"{name}.log", address
        home = Path(pyspark.__file__).parent
        environment = os.environ | {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": address, "SPARK_DAEMON_MEMORY": "512m"}
        environment |= {"PYSPARK_PYTHON": sys.executable, "SPARK_WORKER_DIR": str(folder / name)}
        ports = ["--host", address, "--port", "0", "--webui-port", "0"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(home / "bin/spark-class"), *arguments[:1], *ports, *arguments[1:]],
                env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip

    def said(self, pattern: str) -> re.Match[str]:
        """Waits until it says that."""

        def look() -> re.Match[str] | None:
            text = self.log.read_text(errors="replace")
            found = re.search(pattern, text)
            if not found and self.process.poll() is not None:
                raise RuntimeError(f"it ended: {text[-2000:]}")
            return found

        return wait(f"{self.log.name}: {pattern}", look)

    def kill(self) -> None:
        """Ends it and all that it started."""
        for process in [*descendants(self.process.pid), self.process.pid]:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()


class Cluster:
    """A master and a worker of one core for each address, and a session on them."""

    def __init__(self, folder: Path, addresses: list[str] = ADDRESSES) -> None:
        self.folder, self.addresses = folder, addresses
        self.workers: list[Daemon] = []
        for attempt in range(TRIES):
            try:
                self._start(attempt)
                return
            except (RuntimeError, TimeoutError):
                self.stop()
                if attempt == TRIES - 1:
                    raise

    def _start(self, attempt: int) -> None:
        master = "org.apache.spark.deploy.master.Master"
        self.master = Daemon(self.folder, f"master-{attempt}", ADDRESSES[0], master)
        port = self.master.said(r"service 'sparkMaster' on port (\d+)")[1]
        self.url = f"spark://{ADDRESSES[0]}:{port}"
        for address in self.addresses:
            self.add_worker(address)

    def add_worker(self, address: str) -> None:
        """Starts a worker, and waits until the master knows it."""
        worker = "org.apache.spark.deploy.worker.Worker"
        name = f"worker-{len(list(self.folder.glob('worker-*.log')))}"
        daemon = Daemon(self.folder, name, address, worker, "--cores", "1", "--memory", "1g", self.url)
        self.workers.append(daemon)
        daemon.said("Successfully registered with master")

    def session(self, batch: int = 250) -> SparkSession:
        """A session that waits for all executors, and hands Python so many rows at once."""
        settings = {
            "spark.pyspark.python": sys.executable,
            "spark.driver.host": ADDRESSES[0],
            "spark.driver.bindAddress": ADDRESSES[0],
            "spark.driver.memory": "700m",
            "spark.executor.memory": "600m",
            "spark.executor.cores": "1",
            "spark.ui.enabled": "false",
            "spark.python.unix.domain.socket.enabled": "true",
            "spark.scheduler.minRegisteredResourcesRatio": "1.0",
            "spark.scheduler.maxRegisteredResourcesWaitingTime": f"{SECONDS}s",
            "spark.sql.shuffle.partitions": "4",
            "spark.sql.execution.arrow.maxRecordsPerBatch": str(batch),
            "spark.local.dir": str(self.folder / "local"),
            "spark.sql.warehouse.dir": str(self.folder / "warehouse"),
            "spark.log.level": "ERROR",
        }
        # The executors import what the tests import.
        paths = os.pathsep.join([str(Path(__file__).parent)])
        builder = SparkSession.builder.master(self.url).appName("tests").config("spark.executorEnv.PYTHONPATH", paths)
        for name, value in settings.items():
            builder = builder.config(name, value)
        return builder.getOrCreate()

    def kill_worker_of(self, process: int) -> None:
        """Ends the worker whose executor runs that process, in the middle of it, and puts another in its place."""
        (worker,) = [worker for worker in self.workers if process in descendants(worker.process.pid)]
        worker.kill()
        self.workers.remove(worker)

    def replace_workers(self) -> None:
        """Starts a worker for each that was ended."""
        for address in self.addresses:
            if address not in [worker.address for worker in self.workers]:
                self.add_worker(address)

    def stop(self) -> None:
        for daemon in [*self.workers, getattr(self, "master", None)]:
            if daemon:
                daemon.kill()
        self.workers = []


def descendants(process: int) -> list[int]:
    """The processes that it started, theirs included, the youngest first."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(folder.joinpath("stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError):
            continue
    found, waiting = [], [process]
    while waiting:
        parent = waiting.pop()
        children = [child for child, its in parents.items() if its == parent]
        found += children
        waiting += children
    return found[::-1]
