"""Reads HDF5 runs with h5py and pandas; a JSON answer for each question {"h5": ..., "steps": ..., "episodes": ...}."""

import gzip
import json
import sys

import h5py
import pandas as pd


def flat(record):
    """A JSON record with the names columns have in tables."""
    for key, prefix in (("agent_position", "agent"), ("final_position", "final")):
        if key in record:
            position = record.pop(key)
            record[f"{prefix}_x"], record[f"{prefix}_y"] = position["x"], position["y"]
    return record


def records(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [flat(json.loads(line)) for line in lines]


def plain(value):
    value = value.tolist() if hasattr(value, "tolist") else value
    return value.decode() if isinstance(value, bytes) else value


def answer(question):
    with h5py.File(question["h5"], "r") as file:
        [run_id] = file
        run = file[run_id]
        steps, episodes, unequal = [], [], []
        for name, group in run.items():
            common = {
                "schema_version": run.attrs["schema_version"],
                "run_id": run.attrs["run_id"],
                "episode_id": group.attrs["episode_id"],
            }
            columns = {key: data[:].tolist() for key, data in group.items()}
            for values in zip(*columns.values()):
                steps.append(common | dict(zip(columns, values)))
            row = {key: plain(value) for key, value in group.attrs.items()}
            if len(row) > 1:
                episodes.append(common | row)
        for found, stream in ((steps, "steps"), (episodes, "episodes")):
            for i, expected in enumerate(records(question[stream])):
                if i >= len(found) or found[i] != expected:
                    unequal.append([stream, i])
            if len(found) != len(records(question[stream])):
                unequal.append([stream, "rows"])
        first = run[question["episode"]]
        frame = pd.DataFrame(
            {key: list(data[:]) if data.ndim > 1 else data[:] for key, data in first.items()}
        )
        data = next(iter(first.values()))
        return {
            "episodes": list(run),
            "unequal": unequal,
            "run": {key: plain(value) for key, value in run.attrs.items()},
            "dtypes": {key: str(data.dtype) for key, data in first.items()},
            "shapes": {key: list(data.shape) for key, data in first.items()},
            "attributes": {key: str(getattr(value, "dtype", type(value).__name__)) for key, value in first.attrs.items()},
            "frame": {"rows": len(frame), "mean": float(frame["distance_to_goal"].mean())},
            "storage": {
                "chunks": data.chunks,
                "compression": data.compression,
                "opts": data.compression_opts,
                "shuffle": bool(data.shuffle),
                "fletcher32": bool(data.fletcher32),
            },
        }


for question in sys.stdin:
    print(json.dumps(answer(json.loads(question))), flush=True)
