"""The same function on many items: processes of one machine, or a Dask cluster."""

from fetal_hemo.parallel.tasks import map_tasks, processors

__all__ = ["map_tasks", "processors"]
