"""Reads SQLite files of runs with Python's own sqlite3 and with pandas: one JSON answer a line."""

import json
import sqlite3
import sys

import pandas

TABLES = ("runs", "episodes", "steps")


def rows(db, sql):
    cursor = db.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row)) for row in cursor]


def read(path):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    db.execute("PRAGMA foreign_keys = ON")
    tables, keys = {}, {}
    for table in TABLES:
        tables[table] = [
            [name, kind, not_null, key]
            for _, name, kind, not_null, _, key in db.execute(f"PRAGMA table_info({table})")
        ]
        keys[table] = [row[2:5] for row in db.execute(f"PRAGMA foreign_key_list({table})")]
    steps = rows(db, "SELECT * FROM steps ORDER BY step_id")
    for step in steps:
        for name in ("action_data", "observation_data"):
            step[name] = json.loads(step[name])
    types = {
        name: [kind for (kind,) in db.execute(f"SELECT DISTINCT typeof({name}) FROM steps")]
        for name, *_ in tables["steps"]
    }
    joined = db.execute(
        "SELECT episode_name, count(*), total_reward FROM episodes JOIN steps USING (episode_id, run_id)"
        " GROUP BY episode_id ORDER BY episode_id"
    )
    return {
        "tables": tables,
        "keys": keys,
        "checks": {
            "integrity": db.execute("PRAGMA integrity_check").fetchone()[0],
            "foreign_keys": db.execute("PRAGMA foreign_key_check").fetchall(),
            "journal": db.execute("PRAGMA journal_mode").fetchone()[0],
        },
        "steps": steps,
        "episodes": rows(db, "SELECT * FROM episodes ORDER BY episode_id"),
        "types": types,
        "joined": joined.fetchall(),
        "dtypes": {name: str(dtype) for name, dtype in pandas.read_sql("SELECT * FROM steps", db).dtypes.items()},
    }


for line in sys.stdin:
    print(json.dumps(read(json.loads(line)["path"])), flush=True)
