"""Writes a Keras model in every format that its tools know, and TensorFlow's values beside it."""

import contextlib
import io
import json
import os
import pathlib
import shutil

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np
import tensorflow as tf

if os.environ.get("KERAS_PACKAGE") == "tf_keras":
    import tf_keras as keras
else:
    import keras

IS_KERAS_3 = keras.__version__.startswith("3")


def write_model(folder, build, inputs, reference_of=None):
    """Writes `model.h5`, `model.keras`, `saved_model/` and `ref.json` of the model that `build()` gives.

    `reference_of` builds the network whose values are the reference, if it is not the same one.
    """
    folder = pathlib.Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model = fresh(build)
    weights = drawn_weights(model, seed=1)
    set_weights(model, weights)
    notes = {name: attempt(write) for name, write in writers(model, folder).items()}
    failed = {name: message for name, message in notes.items() if message}
    for name in failed:  # What was begun is no file of this format.
        (folder / f"model.{name}").unlink(missing_ok=True)
    (folder / "ref.json").write_text(json.dumps(widest_reference(reference_of or build, weights, inputs)))
    if failed:
        (folder / "not_written.json").write_text(json.dumps(failed, indent=1))
    print(folder, failed or "", flush=True)


def widest_reference(build, weights, inputs):
    """In float64; in float32 where a layer has no float64."""
    try:
        return reference(in_float64(build, weights), inputs)
    except Exception:
        model = fresh(build)
        set_weights(model, weights)
        return reference(model, inputs)


def set_weights(model, weights):
    model.set_weights(weights)
    for layer in model.layers:
        # A layer that was adapted computes with copies of its weights.
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()


def fresh(build):
    keras.backend.clear_session()
    return build()


def in_float64(build, weights):
    keras.backend.set_floatx("float64")
    try:
        model = fresh(build)
        set_weights(model, weights)
        return model
    finally:
        keras.backend.set_floatx("float32")


def writers(model, folder):
    return {
        "h5": lambda: model.save(folder / "model.h5"),
        "keras": lambda: model.save(folder / "model.keras"),
        "saved_model": lambda: export(model, folder / "saved_model"),
    }


def export(model, path):
    with contextlib.redirect_stdout(io.StringIO()):  # It describes what it writes.
        model.export(str(path))


def attempt(write):
    try:
        write()
        return None
    except Exception as error:  # What a tool cannot write is a result as well.
        return f"{type(error).__name__}: {str(error)[:300]}"


def drawn_weights(model, seed):
    """Weights of a trained look: kernels that keep the variance, batch statistics away from 0 and 1."""
    random = np.random.default_rng(seed)
    return [drawn(variable, value, random) for variable, value in zip(model.weights, model.get_weights())]


def drawn(variable, value, random):
    if not np.issubdtype(value.dtype, np.floating):
        return value
    name = getattr(variable, "path", variable.name).split("/")[-1].split(":")[0]
    noise = random.standard_normal(value.shape).astype(np.float32)
    if "variance" in name:
        return random.uniform(0.5, 1.5, value.shape).astype(np.float32)
    if name in ("gamma", "scale"):
        return 1 + 0.2 * noise
    if value.ndim < 2:
        return 0.3 * noise
    return noise * (1.5 / max(np.prod(value.shape[:-1]), 1)) ** 0.5


def reference(model, inputs, target=1):
    """Outputs, and the gradient of unit `target` of the first output by each input; `inputs` is a list or a dict."""
    dtype = tf.as_dtype(model.inputs[0].dtype)
    named = {name: tf.constant(inputs[name], dtype) for name in names_of(model)} if isinstance(inputs, dict) else None
    tensors = list(named.values()) if named else [tf.constant(x, dtype) for x in inputs]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        outputs = as_list(model(named or (tensors if len(tensors) > 1 else tensors[0]), training=False))
        flat = tf.reshape(outputs[0], [tensors[0].shape[0], -1])
        score = tf.reduce_sum(flat[:, target])
    gradients = tape.gradient(score, tensors)
    return {
        "inputs": [numbers(x) for x in tensors],
        **({"names": list(named)} if named else {}),
        "precision": dtype.name,
        "target": target,
        "outputs": [numbers(y) for y in outputs],
        "grads": [numbers(tf.zeros_like(x) if g is None else g) for x, g in zip(tensors, gradients)],
    }


def names_of(model):
    """The names of the inputs in the order that the file has them in."""
    return [tensor.name.split(":")[0] for tensor in model.inputs]


def as_list(value):
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else [value]


def numbers(tensor):
    array = np.asarray(tensor)
    return {"shape": list(array.shape), "data": [float(f"{v:.8g}") for v in array.ravel()]}


def picture(shape, seed=0, scale=1.0, offset=0.0):
    """Numbers as float32 holds them, so that no reader rounds them."""
    values = np.random.default_rng(seed).standard_normal(shape) * scale + offset
    return values.astype(np.float32)


def pictures(*shapes, count=2, **options):
    return [picture((count, *shape), seed, **options) for seed, shape in enumerate(shapes)]
