"""Measures what each way costs: CPU time as a multiple of the plain process, for docs/scale.md.

    target/python/venv/bin/python python/tests/measure.py [PAYLOADS]

In turns, so that other load falls on all ways alike; of each way the median is said. CPU is that of everything that takes part:
driver, workers, executors, Python, the program.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cluster import ADDRESSES, Cluster, descendants
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

import assoclens
import assoclens.spark
import payloads

OBJECTS = 32
ROUNDS = 3
ENDINGS = ["ndjson", "ndjson.gz", "ndjson.zst"]


def cpu(cluster: Cluster) -> float:
    """Seconds of CPU so far: this process, the cluster, and all that they started."""
    roots = [os.getpid(), *(worker.process.pid for worker in cluster.workers)]
    ticks = 0
    for process in {found for root in roots for found in [root, *descendants(root)]}:
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        # Its own, and that of its children that have ended.
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def plain(paths: list[str]) -> tuple[float, float]:
    """Seconds of CPU and of the clock of one process over all objects."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run([assoclens.program(), "validate", "--format", "json", "--summary", *paths], capture_output=True)
    assert done.returncode == 1, done.stderr
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - begin


def ways(spark: SparkSession, paths: list[str], folder: str) -> dict[str, Callable[[], object]]:
    text: DataFrame = spark.read.text(paths, lineSep="\n")
    parquet: DataFrame = spark.read.parquet(f"{folder}/parquet")
    invalid = ~F.col("verdict.valid")

    def written(made: DataFrame) -> None:
        made.write.mode("overwrite").parquet(f"{folder}/out")

    judge = assoclens.spark.judge
    return {
        "objects, their summary": lambda: assoclens.spark.summarize_objects(spark, paths),
        "objects, findings to Parquet": lambda: written(assoclens.spark.judge_objects(spark, paths)),
        "column of Parquet, invalid counted": lambda: judge(parquet, "value", keep=[]).where(invalid).count(),
        "column of the objects' lines, invalid counted": lambda: judge(text, "value", keep=[]).where(invalid).count(),
        "column of Parquet, `verdict`": lambda: parquet.where(~assoclens.spark.verdict("value")["valid"]).count(),
        "column of Parquet, findings to Parquet": lambda: written(judge(parquet, "value", keep=[], only_findings=True)),
        "column of Parquet, whole table to Parquet": lambda: written(judge(parquet, "value")),
    }


def main(count: int) -> None:
    folder = tempfile.mkdtemp(prefix="assoclens-")
    whole = payloads.stream(count // OBJECTS)
    few = [whole[0]] * 100
    packed = [payloads.write(Path(folder, f"packed.{ending}"), whole) for ending in ENDINGS]
    names = [f"{folder}/{index}.{ENDINGS[index % len(ENDINGS)]}" for index in range(OBJECTS)]
    paths = [shutil.copy(packed[index % len(ENDINGS)], name) for index, name in enumerate(names)]
    table: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for workers in (1, 2):
        work = Path(folder, f"cluster-{workers}")
        work.mkdir()
        cluster = Cluster(work, ADDRESSES[:workers])
        spark = cluster.session(batch=10_000)
        if workers == 1:
            spark.read.text(paths, lineSep="\n").write.parquet(f"{folder}/parquet")
        warm = [str(payloads.write(Path(folder, f"warm-{index}.ndjson"), few)) for index in range(4)]
        for way in [*ways(spark, warm, folder).values(), *ways(spark, paths, folder).values()]:
            way()
        for _ in range(ROUNDS):
            table.setdefault(("plain process", workers), []).append(plain(paths))
            for name, way in ways(spark, paths, folder).items():
                before, begin = cpu(cluster), time.monotonic()
                way()
                table.setdefault((name, workers), []).append((cpu(cluster) - before, time.monotonic() - begin))
        spark.stop()
        cluster.stop()
    base = statistics.median(cpu for (name, _), runs in table.items() if name == "plain process" for cpu, _ in runs)
    print(f"{count} payloads in {OBJECTS} objects; plain process {base:.2f} s of CPU; load {os.getloadavg()[0]:.1f}")
    for (name, workers), runs in table.items():
        seconds = statistics.median(cpu for cpu, _ in runs)
        clock = statistics.median(clock for _, clock in runs)
        print(f"{workers} worker(s)  {seconds / base:5.2f}  {seconds:7.2f} s CPU {clock:7.2f} s clock  {name}")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000)
