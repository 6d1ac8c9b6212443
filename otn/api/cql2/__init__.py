"""Filters in CQL2: text or JSON becomes a checked expression, and the expression becomes SQL.

Source: OGC Common Query Language (CQL2) 21-065r2. `parse.py` is the way in, `compile.py` the way out.

The text is parsed here and not by the library `cql2`, which a client could keep busy for hours: its grammar tries every
way to read a bracket again, so its time doubles with each bracket of a text that has a mistake, and a deep text ends
the process. The tests hold this parser against it.
"""
