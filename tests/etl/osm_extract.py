"""Small OpenStreetMap files from lines of text: `n1 4.0 51.0 harbour=yes`, `w5 1,2,3 railway=rail`, `r7 w5@outer`."""

from pathlib import Path
from urllib.parse import unquote

import osmium
from osmium.osm.mutable import Node, Relation, Way


def write_extract(path: Path, *objects: str) -> Path:
    """Writes the objects, in the order given; in the values of tags %20 is a space."""
    with osmium.SimpleWriter(path) as writer:
        for text in objects:
            name, *words = text.split()
            tags = dict(unquote(word).split("=", 1) for word in words if "=" in word)
            rest = [word for word in words if "=" not in word]
            number = int(name[1:])
            if name[0] == "n":
                location = (float(rest[0]), float(rest[1]))
                writer.add_node(Node(id=number, version=1, location=location, tags=tags))
            elif name[0] == "w":
                nodes = [int(node) for node in rest[0].split(",")]
                writer.add_way(Way(id=number, version=1, nodes=nodes, tags=tags))
            else:
                members = [(word[0], int(word[1:].split("@")[0]), word.partition("@")[2]) for word in rest]
                writer.add_relation(Relation(id=number, version=1, members=members, tags=tags))
    return path


SQUARE = ("n1 4.0 51.0", "n2 4.1 51.0", "n3 4.1 51.1", "n4 4.0 51.1")
"""The corners of a square; the ring is 1,2,3,4,1."""
