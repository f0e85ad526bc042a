"""Reads CSV as pandas and DuckDB do without being told anything; one JSON answer for each JSON question on stdin."""

import json
import sys

import duckdb
import pandas


def answer(question):
    path = question["path"]
    frame = pandas.read_csv(path, float_precision="round_trip")
    relation = duckdb.read_csv(path)
    return {
        "pandas": {name: frame[name].tolist() for name in frame.columns},
        "duckdb": {name: [row[i] for row in relation.fetchall()] for i, name in enumerate(relation.columns)},
        "pandas types": {name: str(dtype) for name, dtype in frame.dtypes.items()},
        "duckdb types": dict(zip(relation.columns, map(str, relation.types))),
    }


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
