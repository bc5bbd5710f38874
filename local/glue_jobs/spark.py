"""Spark for jobs: an environment of its own, which `npm run setup -- --spark` makes, and its settings."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from sagemaker_server.errors import JobFailure
from sagemaker_server.settings import Settings

MEND = "run `npm run setup -- --spark`, then start the job again. See docs/laptop-glue.md."


def python(settings: Settings) -> Path:
    return settings.spark / "bin" / "python"


def jars(settings: Settings) -> Path:
    return settings.spark / "jars"


def check(settings: Settings) -> None:
    if not os.access(python(settings), os.X_OK) or not jars(settings).is_dir():
        raise JobFailure(f"LAUNCH ERROR | Spark is not installed on this laptop: {MEND}")
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java") or (home and os.access(Path(home, "bin", "java"), os.X_OK))):
        raise JobFailure(
            "LAUNCH ERROR | Spark needs Java, and there is none on the PATH or at JAVA_HOME: install Java 17,"
            " then start the job again."
        )


def environment(
    settings: Settings, base: Path, env: dict[str, str], arguments: dict[str, str], own: list[Path]
) -> dict[str, str]:
    """Variables that make every Spark of the script, however it is made, one that knows the laptop's S3."""
    file = base / "conf" / "spark-defaults.conf"
    conf = {**_conf(settings, base, env, own), **given(arguments.get("--conf", ""))}
    file.write_text("".join(f"{name} {value}\n" for name, value in conf.items()))
    passed = {name: os.environ[name] for name in ("JAVA_HOME",) if name in os.environ}
    return {
        **passed,
        "SPARK_CONF_DIR": str(file.parent),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": str(python(settings)),
        "PYSPARK_DRIVER_PYTHON": str(python(settings)),
    }


def given(text: str) -> dict[str, str]:
    """Settings as --conf gives them: `a=b`, and more of them behind further ` --conf `."""
    found = {}
    for part in re.split(r"\s+--conf\s+", text.strip()):
        name, equals, value = part.partition("=")
        if part and (not equals or not name.strip() or "\n" in part):
            raise JobFailure(f'LAUNCH ERROR | --conf takes name=value, not "{part}".')
        if part:
            found[name.strip()] = value.strip()
    return found


def _conf(settings: Settings, base: Path, env: dict[str, str], own: list[Path]) -> dict[str, str]:
    endpoint = env.get("AWS_ENDPOINT_URL_S3") or env.get("AWS_ENDPOINT_URL") or ""
    s3a = {
        **({"endpoint": endpoint} if endpoint else {}),
        "endpoint.region": settings.region,
        "path.style.access": "true",
        # Others would look for a machine of EC2, and wait.
        "aws.credentials.provider": "com.amazonaws.auth.EnvironmentVariableCredentialsProvider",
        "fast.upload.buffer": "bytebuffer",
        "attempts.maximum": "3",
    }
    tmp = base / "tmp"
    impl = "org.apache.hadoop.fs.s3a.S3AFileSystem"
    return {
        "spark.master": "local[*]",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.local.dir": str(tmp),
        "spark.sql.warehouse.dir": str(tmp / "warehouse"),
        "spark.driver.extraJavaOptions": f"-Djava.io.tmpdir={tmp} -Dderby.system.home={tmp}",
        "spark.driver.extraClassPath": os.pathsep.join([f"{jars(settings)}/*", *map(str, own)]),
        "spark.hadoop.fs.s3.impl": impl,
        "spark.hadoop.fs.s3n.impl": impl,
        **{f"spark.hadoop.fs.s3a.{name}": value for name, value in s3a.items()},
    }
