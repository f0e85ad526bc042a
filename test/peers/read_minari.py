"""Loads a Minari dataset as its users do; one JSON answer for each JSON question on stdin."""

import json
import sys

import minari
import numpy as np

NAMES = ("observations", "actions", "rewards", "terminations", "truncations")


def plain(array):
    """Lists, with None where a number is NaN."""
    if array.ndim > 1:
        return [plain(row) for row in array]
    return [None if isinstance(x, float) and np.isnan(x) else x for x in array.tolist()]


def answer(question):
    dataset = minari.load_dataset(question["id"])
    local = minari.list_local_datasets()
    return {
        "listed": question["id"] in local,
        "spec": {
            "total_episodes": dataset.spec.total_episodes,
            "total_steps": dataset.spec.total_steps,
            "observation_space": repr(dataset.spec.observation_space),
            "action_space": repr(dataset.spec.action_space),
            "version": dataset.spec.version,
        },
        "shown": repr(dataset[0]),
        "terminated": len(dataset.filter_episodes(lambda episode: episode.terminations[-1])),
        "sampled": len(dataset.sample_episodes(min(2, len(dataset)))),
        "episodes": [
            {
                "id": int(episode.id),
                "observations": plain(episode.observations),
                "actions": plain(episode.actions),
                "rewards": plain(episode.rewards),
                "terminations": plain(episode.terminations),
                "truncations": plain(episode.truncations),
                "infos": {key: plain(value) for key, value in episode.infos.items()},
                "dtypes": [str(getattr(episode, name).dtype) for name in NAMES],
            }
            for episode in dataset.iterate_episodes()
        ],
        "metadata": [
            {key: value.item() if isinstance(value, np.generic) else value for key, value in one.items()}
            for one in dataset.storage.get_episode_metadata(range(dataset.total_episodes))
        ],
    }


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
