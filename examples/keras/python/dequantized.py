"""What TensorFlow computes with the weights that a quantised `model.json` holds: `python dequantized.py FOLDER...`.

Writes `dequantized.json` beside `ref.json`, whose values are of the weights before they were quantised.
"""

import json
import pathlib
import sys

import numpy as np
from model_files import fresh, keras, widest_reference


def write_dequantized(folder):
    model_json = json.loads((folder / "model.json").read_text())
    topology = model_json["modelTopology"]
    text = json.dumps(topology.get("model_config", topology))
    build = lambda: keras.models.model_from_json(text.replace('"float32"', json.dumps(keras.backend.floatx())))
    weights = by_name(folder, model_json["weightsManifest"])
    ordered = [weights[variable.name.split(":")[0]] for variable in fresh(build).weights]
    inputs = [np.array(x["data"], np.float32).reshape(x["shape"]) for x in json.loads((folder / "ref.json").read_text())["inputs"]]
    (folder / "dequantized.json").write_text(json.dumps(widest_reference(build, ordered, inputs)))


def by_name(folder, manifest):
    arrays = {}
    for group in manifest:
        data, offset = b"".join((folder / path).read_bytes() for path in group["paths"]), 0
        for weight in group["weights"]:
            count, how = int(np.prod(weight["shape"])), weight.get("quantization", {})
            stored = np.dtype(how.get("dtype", weight["dtype"]))
            values = np.frombuffer(data, stored, count, offset).astype(np.float32)
            offset += count * stored.itemsize
            if "scale" in how:
                values = values * np.float32(how["scale"]) + np.float32(how["min"])
            arrays[weight["name"]] = values.reshape(weight["shape"])
    return arrays


if __name__ == "__main__":
    for path in sys.argv[1:]:
        write_dequantized(pathlib.Path(path))
