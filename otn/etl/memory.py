"""Memory that was freed and is still held."""

import ctypes

import pyarrow as pa


def share_allocator() -> None:
    """Lets Arrow take memory from where NumPy and GEOS take it: what one of them frees the others use."""
    pa.set_memory_pool(pa.system_memory_pool())


def give_back_memory() -> None:
    """Gives the pieces between what is still used back to the system, where the C library is one that can."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
