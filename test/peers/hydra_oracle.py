"""Answers, one JSON line for each on stdin, what real Hydra and OmegaConf make of a construct.

{"op": "compose", "dir": DIR, "name": NAME, "overrides": [...]}  a config tree, composed and resolved
{"op": "yaml", "text": YAML}                                     one document, resolved
{"op": "value", "override": "key=value"}                         the value of an override

{"op": "sweep", "override": "key=1,2", "options": [...]}         the values of a sweep and those of its jobs
{"op": "split", "overrides": [...], "options": [...]}            every job of the basic sweeper, override by override
{"op": "shuffle", "count": 5, "seed": 7}                         0 to count - 1 as numpy shuffles them

Answers are {"ok": VALUE, "sha256": HASH} or {"error": TEXT}; values carry their types, see `tagged`.
"""

import gc
import hashlib
import json
import sys

from hydra import compose, initialize_config_dir
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.conf import JobConf, OverridesConf, RuntimeConf
from hydra.core.config_store import ConfigStore
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from omegaconf import OmegaConf

PARSER = OverridesParser.create()

# Files that include themselves without end take OmegaConf minutes at the usual 1000: it prints every level of every one.
sys.setrecursionlimit(400)

# The `hydra` node (launcher, logging, help) is not part of an answer, and would be most of the work: here it has only
# what Hydra itself writes to while it composes.
HYDRA = {"defaults": [], "overrides": OverridesConf(), "runtime": RuntimeConf(), "job": JobConf()}
ConfigStore.instance().store(group="hydra", name="config", node=HYDRA, provider="hydra")
gc.freeze()


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


def plain(value):
    """A resolved value without config objects, which resolvers may leave inside lists they return."""
    if OmegaConf.is_config(value):
        return plain(OmegaConf.to_container(value, resolve=True))
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def answer(config):
    value = plain(config)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return {"ok": tagged(value), "sha256": hashlib.sha256(text.encode()).hexdigest()}


class Options:
    """Stands in for the config loader: every group has the same options."""

    def __init__(self, names):
        self.names = sorted(names)

    def get_group_options(self, group, results_filter=None):
        return self.names


def job_value(text):
    """What one override of a job sets, and to which value."""
    override = PARSER.parse_override(text)
    if override.is_sweep_override():
        raise ValueError("a sweep in a job")
    return [override.get_key_element(), tagged(override.value())]


def run(question):
    op = question["op"]
    if op == "compose":
        with initialize_config_dir(version_base="1.3", config_dir=question["dir"]):
            config = compose(config_name=question["name"], overrides=question["overrides"])
        return answer(config)
    if op == "yaml":
        return answer(OmegaConf.create(question["text"]))
    if op == "value":
        override = PARSER.parse_override(question["override"])
        if override.is_sweep_override():
            raise ValueError("a sweep")
        return {"ok": tagged(override.value())}
    if op == "sweep":
        override = PARSER.parse_override(question["override"])
        if not override.is_sweep_override():
            return {"ok": {"value": tagged(override.value())}}
        override.config_loader = Options(question["options"])
        key = override.get_key_element()
        return {
            "ok": {
                "values": [tagged(Override._convert_value(value)) for value in override.sweep_iterator()],
                "jobs": [job_value(f"{key}={text}")[1] for text in override.sweep_string_iterator()],
            }
        }
    if op == "split":
        parser = OverridesParser.create(config_loader=Options(question["options"]))
        jobs = BasicSweeper.split_arguments(parser.parse_overrides(question["overrides"]), None)[0]
        return {"ok": [[job_value(text) for text in job] for job in jobs]}
    if op == "shuffle":
        import numpy  # hydra does without it

        order = list(range(question["count"]))
        numpy.random.default_rng(question["seed"]).shuffle(order)
        return {"ok": order}
    raise ValueError(f"unknown op {op}")


for line in sys.stdin:
    try:
        result = run(json.loads(line))
    except Exception as error:  # whatever Hydra raises is its answer
        result = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(result), flush=True)
