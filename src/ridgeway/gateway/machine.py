"""The machine under a gateway, measured: processor, memory, descriptors, disk, processes, packages.

Law: what is spread over time is sampled, a few numbers every few seconds, and kept for a minute; the rest is measured
when it is asked for. Of a process its name is told, never its arguments. Nothing here knows about messages.
Source: PR-ENVMONMES §2.2; X-Road's names of metrics. Read next: `monitoringservice.py`, which hands these out.
"""

import asyncio
import logging
import resource
import statistics
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import psutil

from ridgeway.protocol.monitoring import Metric, MetricSet, NumberMetric, SpreadMetric, TextMetric

log = logging.getLogger(__name__)

SAMPLE_SECONDS = 5.0
WINDOW_SAMPLES = 12
CPU_LOAD_FACTOR = 100
"""The load is told in hundredths: 100 is one machine, busy."""
MAX_PROCESSES = 5000
PACKAGE_TIMEOUT_SECONDS = 10.0
LIST_PACKAGES = ("dpkg-query", "-W", "-f", "${Package}\\t${Version}\\n")
OWN_NAME = "ridgeway"

SAMPLERS: dict[str, Callable[[psutil.Process], float]] = {
    "SystemCpuLoad": lambda _process: psutil.cpu_percent(None) / 100 * CPU_LOAD_FACTOR,
    "FreePhysicalMemory": lambda _process: psutil.virtual_memory().available,
    "FreeSwapSpace": lambda _process: psutil.swap_memory().free,
    "OpenFileDescriptorCount": lambda process: process.num_fds(),
    "CommittedVirtualMemory": lambda process: process.memory_info().vms,
}


@dataclass(slots=True)
class Machine:
    """What is measured; `disks` are the folders whose file systems are told."""

    disks: tuple[Path, ...] = (Path("/"),)
    process: psutil.Process = field(default_factory=psutil.Process)
    windows: dict[str, deque[float]] = field(
        default_factory=lambda: {name: deque(maxlen=WINDOW_SAMPLES) for name in SAMPLERS}
    )
    sampled_at: datetime | None = None

    def sample(self, now: datetime) -> None:
        """One more sample of everything that is spread over time."""
        for name, measure in SAMPLERS.items():
            self.windows[name].append(measure(self.process))
        self.sampled_at = now

    async def run(self, clock: Callable[[], datetime]) -> None:
        """Sample again and again, until cancelled."""
        while True:
            try:
                self.sample(clock())
            except (psutil.Error, OSError) as error:
                log.warning("the machine cannot be measured: %s", error)
            await asyncio.sleep(SAMPLE_SECONDS)

    def list_metrics(self, now: datetime) -> list[Metric]:
        """Everything but packages."""
        at = self.sampled_at or now
        spreads = [build_spread(name, values, at) for name, values in self.windows.items() if values]
        return [
            TextMetric("OperatingSystem", Path("/proc/version").read_text("utf-8").strip()),
            NumberMetric("TotalPhysicalMemory", psutil.virtual_memory().total),
            NumberMetric("TotalSwapSpace", psutil.swap_memory().total),
            NumberMetric("MaxFileDescriptorCount", resource.getrlimit(resource.RLIMIT_NOFILE)[0]),
            *self.list_disks(),
            *spreads,
            *list_processes(now),
        ]

    def list_disks(self) -> Iterable[Metric]:
        """The space of each file system."""
        for disk in self.disks:
            usage = psutil.disk_usage(str(disk))
            yield NumberMetric(f"DiskSpaceTotal_{disk}", usage.total)
            yield NumberMetric(f"DiskSpaceFree_{disk}", usage.free)


def build_spread(name: str, values: Sequence[float], at: datetime) -> SpreadMetric:
    """How these samples are spread."""
    numbers = [Decimal(str(round(value, 3))) for value in values]
    mean = statistics.fmean(values)
    return SpreadMetric(
        name,
        at,
        least=min(numbers),
        most=max(numbers),
        mean=Decimal(str(round(mean, 3))),
        median=Decimal(str(round(statistics.median(values), 3))),
        deviation=Decimal(str(round(statistics.pstdev(values), 3))),
    )


def list_processes(now: datetime) -> tuple[MetricSet, MetricSet]:
    """Every process, and those that are ours."""
    every: list[Metric] = []
    ours: list[Metric] = []
    for process in list(psutil.process_iter())[:MAX_PROCESSES]:
        try:
            with process.oneshot():
                described = describe_process(process, now=now)
                is_ours = any(OWN_NAME in word for word in process.cmdline()[:4])
        except psutil.Error:  # it ended, or is not ours to look at
            continue
        every.append(described)
        if is_ours:
            ours.append(described)
    return MetricSet("Processes", tuple(every)), MetricSet("Xroad Processes", tuple(ours))


def describe_process(process: psutil.Process, *, now: datetime) -> MetricSet:
    """One process: its name, its share of processor and memory over its life, and whose it is."""
    times, started = process.cpu_times(), process.create_time()
    seconds = max(1.0, now.timestamp() - started)
    return MetricSet(
        str(process.pid),
        (
            NumberMetric("processId", process.pid),
            TextMetric("command", process.name()),
            NumberMetric("cpuLoad", Decimal(str(round(100 * (times.user + times.system) / seconds, 1)))),
            NumberMetric("memUsed", Decimal(str(round(process.memory_percent(), 1)))),
            TextMetric("startTime", datetime.fromtimestamp(started, UTC).strftime("%b%d %H:%M")),
            TextMetric("userId", process.username()),
        ),
    )


async def list_packages() -> MetricSet:
    """The packages of the operating system with their versions; empty where it has no dpkg or does not answer."""
    try:
        process = await asyncio.create_subprocess_exec(*LIST_PACKAGES, stdout=asyncio.subprocess.PIPE)
    except OSError:
        return MetricSet("Packages")
    try:
        async with asyncio.timeout(PACKAGE_TIMEOUT_SECONDS):
            output, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return MetricSet("Packages")
    rows = [line.split("\t", 1) for line in output.decode("utf-8", "replace").splitlines() if "\t" in line]
    return MetricSet("Packages", tuple(TextMetric(name, version) for name, version in rows))


def find_internal_address() -> str:
    """The first IPv4 address of this machine that others may reach; the loopback's where there is none."""
    for addresses in psutil.net_if_addrs().values():
        for each in addresses:
            if each.family.name == "AF_INET" and not each.address.startswith("127."):
                return str(each.address)
    return "127.0.0.1"
