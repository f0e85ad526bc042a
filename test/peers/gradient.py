"""Answers fields, each as one line of JSON rows on stdin, with what numpy.gradient makes of them, a cell."""

import json
import sys

import numpy as np

for line in sys.stdin:
    field = np.array(json.loads(line), dtype=np.float32).astype(np.float64)
    along_y, along_x = np.gradient(field)
    print(json.dumps({"x": along_x.tolist(), "y": along_y.tolist()}))
