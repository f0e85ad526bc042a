"""A Hydra application that does nothing: it is asked for its --cfg and --info."""

import sys

import hydra


@hydra.main(version_base="1.3", config_path=None, config_name="config")
def main(config):
    pass


sys.argv[0] = "app.py"
main()
