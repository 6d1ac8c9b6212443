"""Arrow without pandas, which no load needs: importing it takes longer than loading ten thousand features."""

import sys

import numpy as np
import pyarrow as pa


def keep_pandas_out() -> None:
    """Lets Arrow look for pandas now, and not find it.

    It looks once, when it is first given an array of NumPy. For the process of a load, before it begins: Arrow makes no
    data frames in it from then on.
    """
    if "pandas" in sys.modules:
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]  # what an import takes for a module that is not there
    try:
        pa.array(np.empty(0))
    finally:
        del sys.modules["pandas"]
