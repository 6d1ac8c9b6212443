"""Run by a Python of its own: reads a raster by the GDAL of pyogrio, which is newer than that of the system.

The arguments are a source, an option of its driver, the file that is written of it, and options of gdal_translate. It
prints the number of GDAL's version, and how many columns and rows the source has.
"""

import ctypes
import sys
from pathlib import Path

import pyogrio


def strings(*texts: str) -> ctypes.Array[ctypes.c_char_p]:
    """As C has them: the last one is none."""
    return (ctypes.c_char_p * (len(texts) + 1))(*[text.encode() for text in texts], None)


def library() -> ctypes.CDLL:
    """That which pyogrio has loaded already."""
    [path] = Path(pyogrio.__file__).parent.with_name("pyogrio.libs").glob("libgdal*")
    gdal = ctypes.CDLL(str(path))
    for name in ("GDALOpenEx", "GDALTranslateOptionsNew", "GDALTranslate"):
        getattr(gdal, name).restype = ctypes.c_void_p
    gdal.GDALVersionInfo.restype = ctypes.c_char_p
    gdal.GDALTranslate.argtypes = [ctypes.c_char_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    for name in ("GDALGetRasterXSize", "GDALGetRasterYSize", "GDALClose"):
        getattr(gdal, name).argtypes = [ctypes.c_void_p]
    gdal.GDALAllRegister()
    return gdal


RASTER = 2  # GDAL_OF_RASTER
source, option, target, *options = sys.argv[1:]
gdal = library()
opened = gdal.GDALOpenEx(source.encode(), RASTER, None, strings(option, "CACHE=NO"), None)
assert opened, source
translation = gdal.GDALTranslateOptionsNew(strings(*options), None)
written = gdal.GDALTranslate(target.encode(), opened, translation, None)
assert written, target
gdal.GDALClose(written)
print(gdal.GDALVersionInfo(b"VERSION_NUM").decode(), gdal.GDALGetRasterXSize(opened), gdal.GDALGetRasterYSize(opened))
gdal.GDALClose(opened)
