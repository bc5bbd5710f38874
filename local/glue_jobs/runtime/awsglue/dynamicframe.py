"""A dynamic frame is a data frame here: what needs Glue's own choice types is refused."""

from __future__ import annotations

from typing import Any

from .missing import Partial


class DynamicFrame(Partial):
    _instead = "use toDF() and Spark's own"

    def __init__(self, frame: Any, glue_ctx: Any, name: str = "") -> None:
        self._frame = frame
        self.glue_ctx = glue_ctx
        self.name = name

    @classmethod
    def fromDF(cls, dataframe: Any, glue_ctx: Any, name: str) -> DynamicFrame:
        return cls(dataframe, glue_ctx, name)

    def toDF(self) -> Any:
        return self._frame

    def count(self) -> int:
        return self._frame.count()

    def show(self, num_rows: int = 20) -> None:
        """One JSON object a line, as Glue does."""
        for line in self._frame.toJSON().take(num_rows):
            print(line)

    def printSchema(self) -> None:
        self._frame.printSchema()

    def repartition(self, num_partitions: int) -> DynamicFrame:
        return self._with(self._frame.repartition(num_partitions))

    def coalesce(self, num_partitions: int) -> DynamicFrame:
        return self._with(self._frame.coalesce(num_partitions))

    def select_fields(self, paths: list[str]) -> DynamicFrame:
        return self._with(self._frame.select(*paths))

    def drop_fields(self, paths: list[str]) -> DynamicFrame:
        return self._with(self._frame.drop(*paths))

    def rename_field(self, oldName: str, newName: str) -> DynamicFrame:
        return self._with(self._frame.withColumnRenamed(oldName, newName))

    def _with(self, frame: Any) -> DynamicFrame:
        return DynamicFrame(frame, self.glue_ctx, self.name)
