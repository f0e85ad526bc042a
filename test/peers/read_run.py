"""Reads runs with the tools researchers use; a JSON answer for each question {"dir": ...}."""

import gzip
import json
import sys

import duckdb
import pandas as pd
import pyarrow.json as pj
import pyarrow.parquet as pq


def stream(directory, name):
    lines_path = f"{directory}/{name}.jsonl.gz"
    parquet_path = f"{directory}/{name}.parquet"
    with gzip.open(lines_path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    frame = pd.read_json(lines_path, lines=True)
    table = pj.read_json(gzip.open(lines_path, "rb"))
    parquet = pq.read_table(parquet_path)
    parquet_frame = pd.read_parquet(parquet_path)
    duck_lines = duckdb.sql(f"describe select * from read_json('{lines_path}')").fetchall()
    duck_parquet = duckdb.sql(f"describe select * from '{parquet_path}'").fetchall()
    equal = duckdb.sql(
        f"""select count(*) from
        (select row_number() over () as i, * from read_json('{lines_path}')) a
        join (select row_number() over () as i, * from '{parquet_path}') b using (i)
        where a.episode_id = b.episode_id and a.run_id = b.run_id
        and {"a.step = b.step and a.reward = b.reward and a.distance_to_goal = b.distance_to_goal and a.seed = b.seed and a.observation_summary = b.observation_summary and a.agent_position.x = b.agent_x and a.agent_position.y = b.agent_y and a.ts = b.ts and a.terminated = b.terminated"
             if name == "steps" else "a.total_steps = b.total_steps and a.total_reward = b.total_reward and a.final_position.x = b.final_x and a.duration_ms = b.duration_ms"}"""
    ).fetchall()[0][0]
    return {
        "rows": {
            "gzip": len(records),
            "pandas": len(frame),
            "pyarrow": table.num_rows,
            "parquet": parquet.num_rows,
            "pandas parquet": len(parquet_frame),
            "duckdb equal": equal,
        },
        "types": {
            "pyarrow": {field.name: str(field.type) for field in table.schema},
            "parquet": {field.name: str(field.type) for field in parquet.schema},
            "duckdb": {row[0]: row[1] for row in duck_lines},
            "duckdb parquet": {row[0]: row[1] for row in duck_parquet},
        },
        "codec": pq.read_metadata(parquet_path).row_group(0).column(1).compression,
        "metadata": {key.decode(): value.decode() for key, value in pq.read_metadata(parquet_path).metadata.items()},
    }


for question in sys.stdin:
    directory = json.loads(question)["dir"]
    print(json.dumps({name: stream(directory, name) for name in ("steps", "episodes")}), flush=True)
