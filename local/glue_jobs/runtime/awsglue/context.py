"""GlueContext over Spark: the session, the logger, and frames to and from S3."""

from __future__ import annotations

from typing import Any

from .dynamicframe import DynamicFrame
from .missing import Partial, missing

_FORMATS = ("csv", "json", "orc", "parquet")
_CSV = {"separator": "sep", "quoteChar": "quote", "escaper": "escape", "withHeader": "header",
        "writeHeader": "header", "multiLine": "multiLine"}  # fmt: skip
_PLAIN = ("boundedFiles", "boundedSize", "groupFiles", "groupSize")


class GlueContext(Partial):
    _instead = "use glueContext.spark_session and Spark's own"

    def __init__(self, sparkContext: Any, **options: Any) -> None:
        from pyspark.sql import SparkSession

        self._context = sparkContext
        self.spark_session = SparkSession(sparkContext)
        self.create_dynamic_frame = _Reader(self)
        self.write_dynamic_frame = _Writer()

    def get_logger(self) -> Any:
        return self._context._jvm.org.apache.log4j.LogManager.getLogger("GlueLogger")

    def create_dynamic_frame_from_options(self, connection_type: str, *args: Any, **kwargs: Any) -> Any:
        return self.create_dynamic_frame.from_options(connection_type, *args, **kwargs)

    def write_dynamic_frame_from_options(self, frame: Any, *args: Any, **kwargs: Any) -> Any:
        return self.write_dynamic_frame.from_options(frame, *args, **kwargs)


class _Reader(Partial):
    _instead = "use create_dynamic_frame.from_options with s3"

    def __init__(self, glue_ctx: GlueContext) -> None:
        self._glue_ctx = glue_ctx

    def from_options(
        self, connection_type: str, connection_options: dict[str, Any] | None = None,
        format: str | None = None, format_options: dict[str, Any] | None = None,
        transformation_ctx: str = "", **more: Any,
    ) -> DynamicFrame:  # fmt: skip
        given = dict(connection_options or {})
        _check(connection_type, format, more, set(given) - {"paths", "recurse", *_PLAIN})
        reader = self._glue_ctx.spark_session.read.format(format)
        for name, value in _options(format, format_options).items():
            reader = reader.option(name, value)
        if given.get("recurse"):
            reader = reader.option("recursiveFileLookup", "true")
        return DynamicFrame(reader.load(given["paths"]), self._glue_ctx, transformation_ctx)


class _Writer(Partial):
    _instead = "use write_dynamic_frame.from_options with s3"

    def from_options(
        self, frame: DynamicFrame, connection_type: str, connection_options: dict[str, Any] | None = None,
        format: str | None = None, format_options: dict[str, Any] | None = None, transformation_ctx: str = "",
        **more: Any,
    ) -> DynamicFrame:  # fmt: skip
        given = dict(connection_options or {})
        _check(connection_type, format, more, set(given) - {"path", "partitionKeys", "compression"})
        # Glue adds files to what is there.
        writer = frame.toDF().write.format(format).mode("append")
        for name, value in _options(format, format_options, header="true").items():
            writer = writer.option(name, value)
        if given.get("compression"):
            writer = writer.option("compression", given["compression"])
        if given.get("partitionKeys"):
            writer = writer.partitionBy(*given["partitionKeys"])
        writer.save(given["path"])
        return frame


def _options(format: str | None, given: dict[str, Any] | None, **defaults: str) -> dict[str, Any]:
    if format != "csv":
        if given:
            raise missing(f"format_options {', '.join(sorted(given))} of {format}", "leave them out")
        return {}
    unknown = sorted(set(given or {}) - set(_CSV))
    if unknown:
        raise missing(f"format_options {', '.join(unknown)} of csv", f"there are {', '.join(_CSV)}")
    return {**defaults, **{_CSV[name]: value for name, value in (given or {}).items()}}


def _check(connection_type: str, format: str | None, more: dict[str, Any], unknown: set[str]) -> None:
    if connection_type != "s3":
        raise missing(f"connection type {connection_type}", "use s3")
    if format not in _FORMATS:
        raise missing(f"format {format}", f"use one of {', '.join(_FORMATS)}")
    unknown |= {name for name, value in more.items() if value}
    if unknown:
        raise missing(f"option {', '.join(sorted(unknown))}", "leave it out")
