"""A process of its own: writes the ways and nodes that are wanted of an OpenStreetMap file to its output, as OPL.

pyosmium holds the interpreter's lock while it filters and writes; a reader in the same process would never get to the
other end of the pipe. Started by `osm_opl` with the path, the keys of ways, and the tags of nodes as key=value; it says
what is wrong with the file on its error output. It imports nothing of OTN, so that it starts at once.

The format: https://osmcode.org/opl-file-format/, without metadata, with the locations of nodes on the ways.
"""

import os
import sys

import osmium
from osmium.filter import KeyFilter, TagFilter
from osmium.index import create_map
from osmium.io import File, Reader
from osmium.osm import NODE, WAY

# Several wait in a queue: smaller ones than libosmium's own make a quarter less memory, and no difference in time.
_BUFFER = 1 << 20


def write(path: str, keys: list[str], node_tags: list[tuple[str, str]]) -> None:
    """Writes the ways that have one of `keys`, and the nodes that have one of `node_tags`."""
    # flex_mem is the index of locations whose size follows the number of nodes, whatever their ids.
    locations = osmium.NodeLocationsForWays(create_map("flex_mem"))
    locations.ignore_errors()
    ways = KeyFilter(*keys)
    ways.enable_for(WAY)
    nodes = TagFilter(*node_tags)
    nodes.enable_for(NODE)
    output = File("-", "opl,locations_on_ways=true,add_metadata=false")
    writer = osmium.SimpleWriter(output, bufsz=_BUFFER)
    try:
        with Reader(path, NODE | WAY) as reader:
            osmium.apply(reader, locations, nodes, ways, writer)
        writer.close()
    except (RuntimeError, OSError, ValueError, LookupError) as error:
        print(error, file=sys.stderr, flush=True)
        # A writer that has failed ends the process with a signal when Python puts it away.
        os._exit(1)


if __name__ == "__main__":
    of_nodes = [(key, value) for key, value in (tag.split("=") for tag in sys.argv[3].split(","))]
    write(sys.argv[1], sys.argv[2].split(","), of_nodes)
