"""Answers, one JSON line for each on stdin, what real Hydra and OmegaConf make of a construct.

{"op": "compose", "dir": DIR, "name": NAME, "overrides": [...]}  a config tree, composed and resolved
{"op": "yaml", "text": YAML}                                     one document, resolved
{"op": "value", "override": "key=value"}                         the value of an override

Answers are {"ok": VALUE, "sha256": HASH} or {"error": TEXT}; values carry their types, see `tagged`.
"""

import hashlib
import json
import sys

from hydra import compose, initialize_config_dir
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf

PARSER = OverridesParser.create()


def tagged(value):
    """A value as JSON that keeps ints and floats apart and mappings in order."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, (list, tuple)):
        return [tagged(item) for item in value]
    if isinstance(value, dict):
        return {"map": [[tagged(key), tagged(item)] for key, item in value.items()]}
    raise TypeError(f"not a config value: {type(value).__name__}")


def answer(value):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return {"ok": tagged(value), "sha256": hashlib.sha256(text.encode()).hexdigest()}


def run(question):
    op = question["op"]
    if op == "compose":
        with initialize_config_dir(version_base="1.3", config_dir=question["dir"]):
            config = compose(config_name=question["name"], overrides=question["overrides"])
        return answer(OmegaConf.to_container(config, resolve=True))
    if op == "yaml":
        return answer(OmegaConf.to_container(OmegaConf.create(question["text"]), resolve=True))
    if op == "value":
        override = PARSER.parse_override(question["override"])
        if override.is_sweep_override():
            raise ValueError("a sweep")
        return {"ok": tagged(override.value())}
    raise ValueError(f"unknown op {op}")


for line in sys.stdin:
    try:
        result = run(json.loads(line))
    except Exception as error:  # whatever Hydra raises is its answer
        result = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(result), flush=True)
