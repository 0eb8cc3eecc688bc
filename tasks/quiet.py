"""Keeps Prefect and Great Expectations quiet: no telemetry, no look-ups, no files outside our state folder.

Both read the environment when they are imported, so :func:`hush` comes before any import of them.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import sys
import types
from pathlib import Path
from typing import Any

SETTINGS = {
    # Silence outwards takes both.
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "GX_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    # The terminal belongs to the closing summary; the Prefect UI has the log.
    "PREFECT_LOGGING_LEVEL": "INFO",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",
    "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
    "PREFECT_CLI_PROMPT": "false",
    # A task run must be on record when the flow ends; the defaults lose bursts of short ones.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
}


def hush(state: Path) -> None:
    """Set the environment for this process and its children; a value the user has set stays.

    ``state`` is the folder that Prefect may call its home.
    """
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("PREFECT_HOME", str(state / "prefect"))
    for name in ("NO_PROXY", "no_proxy"):  # our server is on this machine, whatever stands between it and the world
        hosts = [host for host in os.environ.get(name, "").split(",") if host]
        os.environ[name] = ",".join(dict.fromkeys([*hosts, "127.0.0.1", "localhost"]))


ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def one_thread() -> None:
    """Numpy's linear algebra in one thread, here where numpy is not loaded yet, and in every process to come; what the user has set stays.

    A page is too small to gain from more, and two workers with as many threads as there are cores wait for each other.
    """
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")


_SOURCES = """
spark_datasource spark_file_path_datasource spark_filesystem_datasource spark_s3_datasource spark_google_cloud_storage_datasource
spark_azure_blob_storage_datasource spark_dbfs_datasource
pandas_file_path_datasource pandas_filesystem_datasource pandas_dbfs_datasource pandas_s3_datasource
pandas_google_cloud_storage_datasource pandas_azure_blob_storage_datasource
sql_datasource alloy_datasource aurora_datasource bigquery_datasource citus_datasource databricks_sql_datasource fabric fabric_datasource
neon_datasource postgres_datasource redshift_datasource snowflake_datasource sql_server_datasource sqlite_datasource
"""
UNUSED = ("altair", "scipy.stats", *(f"great_expectations.datasource.fluent.{name}" for name in _SOURCES.split()))
"""What Great Expectations imports for pictures, for expectations about distributions, for Spark, for databases and for frames that it
reads from files itself, none of which we use: more than half of the time that its import takes."""

ASKED = """
table_row_count_to_be_between column_values_to_be_between column_values_to_be_in_set column_values_to_be_unique
column_mean_to_be_between column_pair_values_to_be_equal column_pair_values_a_to_be_greater_than_b
"""
"""The expectations that we put; there are fifty more, and each takes five milliseconds."""

ABSENT = ("sqlalchemy", "boto3", "botocore")
"""What it looks for and does without: for tables in databases and in a cloud. We hand it frames."""


class _Stand(types.ModuleType):
    """Stands where an unused module would, while something imports it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def _not_asked() -> list[str]:
    """The modules of the expectations that we do not put."""
    package = importlib.util.find_spec("great_expectations")
    places = (package and package.submodule_search_locations) or []
    found = [path.stem for place in places for path in Path(place, "expectations", "core").glob("expect_*.py")]
    return [f"great_expectations.expectations.core.{name}" for name in found if name.removeprefix("expect_") not in ASKED.split()]


def import_great_expectations() -> types.ModuleType:
    """``great_expectations``, without waiting for what we do not use of it; whole where it cannot do without."""
    known = sys.modules.get("great_expectations")
    if known is not None:
        return known
    stands: dict[str, Any] = {name: _Stand(name) for name in (*UNUSED, *_not_asked()) if name not in sys.modules}
    stands |= {name: None for name in ABSENT if name not in sys.modules}
    sys.modules.update(stands)
    collecting = gc.isenabled()
    gc.disable()  # an import makes hundreds of thousands of objects that stay: looking through them is a tenth of its time
    try:
        return importlib.import_module("great_expectations")
    except Exception:
        # What it has declared so far goes too: pydantic, the old one that it is written for, takes no function of one name twice.
        for name in [n for n in sys.modules if n.partition(".")[0] == "great_expectations" or n.startswith("pydantic.v1")]:
            del sys.modules[name]
    finally:
        if collecting:
            gc.enable()
        for name, stand in stands.items():
            if sys.modules.get(name, name) is stand:
                del sys.modules[name]
    return importlib.import_module("great_expectations")
