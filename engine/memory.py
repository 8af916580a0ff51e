"""Giving memory back to the machine between the stages of a load.

Freed memory stays with the allocators of C and Arrow, as room for more. A load frees much more than
the next stage takes in the same sizes, so without this the largest stage of each kind adds up.
"""

from __future__ import annotations

import ctypes
import platform

import pyarrow as pa


def give_back() -> None:
    """Return unused memory to the machine; takes some hundredths of a second."""
    pa.default_memory_pool().release_unused()
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).malloc_trim(0)
