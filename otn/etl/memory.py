"""Memory that was freed and is still held."""

import ctypes

import pyarrow as pa

# A parameter of mallopt in the GNU C library, and its value in bytes: with a quarter of it a load takes a tenth longer.
_MMAP_THRESHOLD, _LARGE = -3, 4 << 20


def share_allocator() -> None:
    """Lets Arrow take memory from where NumPy and GEOS take it: what one of them frees the others use.

    Large pieces come from the system and go back to it, each by itself. Without being told, the GNU C library takes
    them from its heaps as soon as it has seen some freed; there a column that is freed leaves a hole that the next one,
    a little larger, does not fit, and the process grows with the file that it reads.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_MMAP_THRESHOLD, _LARGE)


def give_back_memory() -> None:
    """Gives the pieces between what is still used back to the system, where the C library is one that can."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
