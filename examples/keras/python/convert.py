"""Converts what the other scripts wrote with the official converter (tensorflowjs 4.22, beside Keras 2.15).

`python convert.py FOLDER...`: each folder with a `model.h5` gets `layers/`, each with a `model.keras` of Keras 3
`layers_of_keras/`, each with a `saved_model/` gets `graph/`; what cannot be converted is told in `not_converted.json`.
"""

import json
import os
import pathlib
import shutil
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import zipfile

from tensorflowjs.converters import converter
from tensorflowjs.converters import tf_saved_model_conversion_v2 as saved_model


def convert(folder):
    failed = {}
    for name, (source, run) in conversions(folder).items():
        if not source.exists() or (folder / name).exists():
            continue
        try:
            run(source, folder / name)
        except (Exception, SystemExit) as error:
            shutil.rmtree(folder / name, ignore_errors=True)
            failed[name] = f"{type(error).__name__}: {str(error)[:300]}"
    if failed:
        (folder / "not_converted.json").write_text(json.dumps(failed, indent=1))
    print(folder, failed or "", flush=True)


def conversions(folder):
    return {
        "layers": (folder / "model.h5", from_h5),
        "layers_of_keras": (folder / "model.keras", from_keras),
        "graph": (folder / "saved_model", from_saved_model),
    }


def from_h5(source, out):
    converter.dispatch_keras_h5_to_tfjs_layers_model_conversion(str(source), str(out))


def from_keras(source, out):
    if not is_keras_3(source):
        return
    with tempfile.TemporaryDirectory() as unpacked:  # The converter unpacks beside the file.
        copy = shutil.copy(source, unpacked)
        converter.dispatch_keras_keras_to_tfjs_layers_model_conversion(copy, str(out))


def is_keras_3(path):
    return json.loads(zipfile.ZipFile(path).read("metadata.json"))["keras_version"].startswith("3")


def from_saved_model(source, out):
    saved_model.convert_tf_saved_model(str(source), str(out))


if __name__ == "__main__":
    for path in sys.argv[1:]:
        convert(pathlib.Path(path))
