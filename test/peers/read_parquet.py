"""Reads Parquet files of a folder with the tools researchers use; an answer for each question {"dir": ..., "stream": ...}."""

import glob
import json
import sys

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


def plain(value):
    return value.as_py() if isinstance(value, pa.Scalar) else value


def wrong_statistics(path, table):
    """Columns whose statistics are not what the values say."""
    metadata = pq.read_metadata(path)
    wrong = []
    start = 0
    for group in range(metadata.num_row_groups):
        rows = metadata.row_group(group).num_rows
        for at in range(metadata.num_columns):
            column = metadata.row_group(group).column(at)
            values = None if "." in column.path_in_schema else table[column.path_in_schema].slice(start, rows)
            if values is None or column.statistics is None:
                continue
            expected = {key: plain(value) for key, value in pc.min_max(values).items()}
            found = column.statistics
            if values.null_count != found.null_count:
                wrong.append(column.path_in_schema)
            if found.has_min_max and (found.min, found.max) != (expected["min"], expected["max"]):
                wrong.append(column.path_in_schema)
        start += rows
    return wrong


def answer(directory, stream):
    parts = sorted(glob.glob(f"{directory}/{stream}*.parquet"))
    tables = [pq.read_table(part) for part in parts]
    for table in tables:
        table.validate(full=True)
    table = pa.concat_tables(tables)
    metadata = pq.read_metadata(parts[0])
    columns = [metadata.row_group(0).column(i) for i in range(metadata.num_columns)]
    frame = pd.concat([pd.read_parquet(part) for part in parts])
    duck = duckdb.sql(f"select * from read_parquet({parts})")
    return {
        "parts": len(parts),
        "rows": {
            "pyarrow": table.num_rows,
            "pandas": len(frame),
            "duckdb": len(duck.fetchall()),
            "duckdb, an episode": duckdb.sql(
                f"select * from read_parquet({parts}) where episode_id = 'ep-000002'"
            ).count("*").fetchall()[0][0],
        },
        "types": {field.name: str(field.type) for field in table.schema},
        "codecs": sorted({column.compression for column in columns}),
        "dictionaries": [c.path_in_schema for c in columns if "RLE_DICTIONARY" in c.encodings],
        "wrong statistics": [name for part, each in zip(parts, tables) for name in wrong_statistics(part, each)],
        "metadata": {key.decode(): value.decode() for key, value in metadata.metadata.items()},
        "records": table.to_pylist(),
        "duckdb records": [dict(zip(duck.columns, row)) for row in duck.fetchall()],
    }


for question in sys.stdin:
    asked = json.loads(question)
    print(json.dumps(answer(asked["dir"], asked["stream"])), flush=True)
