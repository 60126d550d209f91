"""Formats of tables, a module each that reads and writes it, and a line in `registry.py`.

At the bottom of everything: the service, the library and the command line read and write by it.
Nothing but the standard library, and pyarrow once Parquet is asked for.
"""
