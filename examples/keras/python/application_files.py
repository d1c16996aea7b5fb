"""Writes a classifier of keras.applications in every format, with TensorFlow's logits, gradient and Grad-CAM beside it."""

import json
import pathlib
import shutil
import time

import numpy as np
from model_files import attempt, drawn_weights, fresh, in_float64, keras, tf, writers

TARGET = 3
RESCALING = {"Rescaling", "Normalization"}


def write_application(folder, family, wide=True, formats=("h5", "keras", "saved_model"), count=2):
    """`family(head)` builds the network, `head` the options of its last activation; `wide` asks for float64."""
    started, folder = time.time(), pathlib.Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model = fresh(lambda: family({}))
    x = picture_for(model, count)
    weights = trained_look(model, x)
    notes = {name: attempt(write) for name, write in writers(model, folder).items() if name in formats}
    logits = lambda: family(dict(classifier_activation=None))
    narrow = fresh_with(logits, weights)
    layer = last_map(narrow)
    values = wide_values = explained(narrow, x, layer)
    if wide:
        wide_values = explained(in_float64(logits, weights), x, layer)
    for name, array in dict(x=x, **wide_values).items():
        np.save(folder / f"{name}.npy", array.astype(np.float32))
    info = dict(name=folder.name, input=list(x.shape[1:]), params=int(model.count_params()), layers=len(model.layers),
                classes=sorted({type(l).__name__ for l in model.layers}), reference="float64" if wide else "float32",
                keras=keras.__version__, cam_layer=layer, target=TARGET,
                float32_error={key: largest_difference(values[key], wide_values[key]) for key in values},
                not_written={key: message for key, message in notes.items() if message},
                seconds=round(time.time() - started, 1))
    (folder / "info.json").write_text(json.dumps(info, indent=1))
    print(folder, info["params"], info["not_written"] or "", info["seconds"], flush=True)


def picture_for(model, count):
    """Noise with structure; bytes where the network rescales its input itself."""
    height, width, channels = model.input_shape[1:]
    random = np.random.default_rng(7)
    rows, columns = np.linspace(0, 1, height), np.linspace(0, 1, width)
    waves = np.sin(2 * np.pi * (3 * rows[:, None] + 2 * columns[None]))[None, :, :, None]
    x = waves * random.standard_normal((count, 1, 1, channels)) + 0.5 * random.standard_normal((count, height, width, channels))
    takes_bytes = any(type(layer).__name__ in RESCALING for layer in model.layers[:3])
    return np.clip(np.round(127 + 60 * x), 0, 255).astype(np.float32) if takes_bytes else x.astype(np.float32)


def trained_look(model, x):
    """Drawn weights, and batch statistics of one forward pass."""
    normalizations = [layer for layer in model.layers if "BatchNormalization" in type(layer).__name__]
    inputs = [layer for layer in model.layers if type(layer).__name__ == "Normalization"]
    kept = [layer.get_weights() for layer in inputs]
    model.set_weights(drawn_weights(model, 11))
    for layer, weights in zip(inputs, kept):
        layer.set_weights(weights)
    momenta = [layer.momentum for layer in normalizations]
    for layer in normalizations:
        layer.momentum = 0.0
    if normalizations:
        model(x, training=True)
    for layer, momentum in zip(normalizations, momenta):
        layer.momentum = momentum
        layer.set_weights(steadied(layer.get_weights()))
    return model.get_weights()


def steadied(weights):
    """No channel that two pictures happen to leave constant is blown up: its variance would be one of rounding."""
    *others, variance = weights
    return [*others, variance + 0.1 * variance.mean()]


def fresh_with(build, weights):
    model = fresh(build)
    model.set_weights(weights)
    return model


def last_map(model):
    """The last layer whose output has places: what Grad-CAM explains."""
    maps = [layer for layer in model.layers if has_places(layer)]
    return maps[-1].name


def has_places(layer):
    shape = layer.output.shape if hasattr(layer.output, "shape") else ()
    return len(shape) == 4 and shape[1] * shape[2] > 1


def explained(model, x, layer):
    """Logits, the gradient of logit TARGET by the input, and the unrectified Grad-CAM of `layer`, at its size."""
    probe = keras.Model(model.inputs, [model.get_layer(layer).output, model.outputs[0]])
    x = tf.constant(x, tf.as_dtype(model.inputs[0].dtype))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        activation, logits = probe(x, training=False)
        score = tf.reduce_sum(tf.reshape(logits, [x.shape[0], -1])[:, TARGET])
    alphas = tf.reduce_mean(tape.gradient(score, activation), [1, 2], keepdims=True)
    cam = tf.reduce_sum(alphas * activation, -1)
    return dict(logits=logits.numpy(), gradient=tape.gradient(score, x).numpy(), cam=cam.numpy())


def largest_difference(found, expected):
    return float(np.max(np.abs(found - expected)) / np.max(np.abs(expected)))
