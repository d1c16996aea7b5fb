"""keras.applications at full size: `python full.py FOLDER smallest|others [name ...]`.

`smallest`: the smallest member of every family, in every format, with logits, gradient and Grad-CAM.
`others`: all other members below 100 million weights, as `model.keras`, with logits; of Keras 2 those that Keras 3 lacks.
"""

import json
import pathlib
import shutil
import sys

import numpy as np
from application_files import picture_for, trained_look, write_application
from model_files import IS_KERAS_3, fresh, keras

LIMIT = 100e6
ONLY_IN_KERAS_2 = ("RegNet", "ResNetRS")
SMALLEST = ["MobileNet", "MobileNetV2", "MobileNetV3Small", "EfficientNetB0", "EfficientNetV2B0", "RegNetX002", "RegNetY002",
            "NASNetMobile", "DenseNet121", "ResNet50", "ResNet50V2", "ResNetRS50", "InceptionV3", "Xception", "ConvNeXtTiny",
            "InceptionResNetV2", "VGG16"]
OTHERS = ["MobileNetV3Large", *(f"EfficientNetB{i}" for i in range(1, 8)), *(f"EfficientNetV2{i}" for i in ("B1", "B2", "B3", "S", "M")),
          *(f"RegNet{kind}{size}" for kind in "XY" for size in ("004", "006", "008", "016", "032", "040", "064", "080", "120", "160")),
          "NASNetLarge", "DenseNet169", "DenseNet201", "ResNet101", "ResNet152", "ResNet101V2", "ResNet152V2", "ResNetRS101",
          "ResNetRS152", "ResNetRS200", "ConvNeXtSmall", "ConvNeXtBase"]


def member(name):
    # MobileNetV3 has no size of its own.
    shape = dict(input_shape=(224, 224, 3)) if name.startswith("MobileNetV3") else {}
    return lambda head: getattr(keras.applications, name)(weights=None, **shape, **head)


def write_logits(folder, name):
    """The file and what TensorFlow answers in float32: that others load and predict is all that is asked."""
    folder = pathlib.Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model = fresh(lambda: member(name)({}))
    if model.count_params() > LIMIT:
        print("TOO LARGE", name, model.count_params(), flush=True)
        return
    x = picture_for(model, 1)
    trained_look(model, x)
    model.save(folder / "model.keras")
    head = model.layers[-1]
    if getattr(head, "activation", None) is keras.activations.softmax:
        head.activation = keras.activations.linear
    logits = model(x, training=False).numpy()
    np.save(folder / "x.npy", x)
    np.save(folder / "logits.npy", logits.astype(np.float32))
    info = dict(name=name, input=list(x.shape[1:]), params=int(model.count_params()), keras=keras.__version__, reference="float32")
    (folder / "info.json").write_text(json.dumps(info, indent=1))
    print(folder, info["params"], flush=True)


def main(folder, which, *names):
    for name in names or dict(smallest=SMALLEST, others=OTHERS)[which]:
        there = (pathlib.Path(folder) / name / "info.json").exists()
        other_tool = which == "others" and not IS_KERAS_3 and not name.startswith(ONLY_IN_KERAS_2)
        if there or other_tool or not hasattr(keras.applications, name):
            continue
        try:
            if which == "others":
                write_logits(f"{folder}/{name}", name)
            else:
                # Its grouped convolutions take XLA half an hour in float64.
                wide = not (IS_KERAS_3 and name.startswith("ConvNeXt"))
                write_application(f"{folder}/{name}", member(name), wide=wide, count=1)
        except Exception as error:
            print("FAILED", name, type(error).__name__, str(error)[:300], flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
