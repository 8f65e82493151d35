"""Work that stands whatever becomes of the request it belongs to: a wrong try is counted though all else is undone."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def apart(work: Callable[[], T]) -> T:
    """Do it on a connection of its own, which commits by itself.

    It sees nothing of the unit of work it is called from, and must wait for no row that this unit holds.
    """

    def run() -> T:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as alone:
        return alone.submit(copy_context().run, run).result()
