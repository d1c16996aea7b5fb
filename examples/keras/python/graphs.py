"""GraphModels of functions of TensorFlow, and of one Keras model: `python graphs.py FOLDER`, by the Python of Keras 2.

Each function has several outputs, one for each op or option, which the converter calls `Identity`, `Identity_1` and so on.
`ref.json` has them in this order, and of each the gradient of the sum over k of y[k] cos(k) by the input. `graphs.zip`
holds all of them.
"""

import json
import pathlib
import shutil
import sys
import zipfile

from convert import convert, saved_model
from model_files import keras, numbers, picture, tf, write_model

# By name: functions, and the shapes of their inputs.
FUNCTIONS = {}
SHAPES = {}


def graph(*shape):
    """A function of an input of this shape; a length that the graph leaves open, None, is 6 in the example."""

    def register(function):
        FUNCTIONS[function.__name__] = function
        SHAPES[function.__name__] = shape
        return function

    return register


def weight(x, *shape, seed=7):
    return tf.constant(picture(shape, seed), x.dtype)


@graph(4, 3, 2)
def activations(x):
    alpha = tf.constant(0.3, x.dtype)
    return [
        tf.nn.leaky_relu(x, 0.3), tf.nn.relu(x) - weight(x, 2) * tf.nn.relu(-x), tf.nn.elu(x), tf.nn.selu(x),
        tf.nn.softplus(x), tf.nn.softsign(x), tf.tanh(x), tf.sigmoid(x), tf.nn.relu6(3 * x), x * tf.sigmoid(x),
        x * tf.nn.relu6(x + 3) * (1 / 6), 0.5 * x * (1 + tf.math.erf(x / 2**0.5)),
        0.5 * x * (1 + tf.tanh((2 / 3.141592653589793) ** 0.5 * (x + 0.044715 * x**3))),
        tf.where(x > 0.2, x, alpha * tf.math.expm1(x)), tf.clip_by_value(x, -0.5, 0.7), tf.nn.softmax(x),
        tf.nn.log_softmax(x), tf.nn.softmax(x, axis=2),
    ]


@graph(4, 3, 2)
def arithmetic(x):
    c, positive = weight(x, 2), tf.abs(x) + 0.5
    other = tf.reverse(x, [1])
    return [
        tf.maximum(x, other), tf.minimum(x, other), tf.maximum(x, 0.1), tf.minimum(x, c), x - other, c - x, x - 0.5,
        1 - x, x / positive, x / c, 2 / positive, x * c, x * 0.7, x + c, tf.square(x), tf.sqrt(positive),
        tf.math.rsqrt(positive), tf.exp(x), tf.math.log(positive), tf.math.erf(x), positive**1.7, x**3, tf.abs(x), -x,
        tf.math.reciprocal(positive), tf.math.squared_difference(x, other), tf.math.squared_difference(x, c),
        tf.add_n([x, other, x]), tf.math.divide_no_nan(x, tf.nn.relu(other)), tf.sin(x), tf.math.log1p(positive),
    ]


@graph(4, 6, 4)
def shapes(x):
    plane = tf.constant([[[[1.0], [2.0]]]], x.dtype)
    a, b, c = tf.split(x, 3, axis=2)
    d, e = tf.split(x, [1, 3], axis=3)
    rows = tf.unstack(x, axis=1)
    return [
        tf.transpose(x, [0, 2, 1, 3]), tf.transpose(x, [0, 3, 1, 2]), a * b + c, d, e, rows[1] - rows[3],
        tf.stack([x, x * 2], axis=3), tf.tile(x, [1, 2, 1, 3]), tf.squeeze(x[:, 1:2], [1]), x[:, 1:, :-2],
        x[:, ::2, 1::3], x[..., 1:3], x[:, 2], x[:, :, -1, ::-1], tf.slice(x, [0, 1, 2, 0], [-1, 2, -1, 3]),
        tf.concat([x, x * x], 3), tf.concat([x, x * x], 1), tf.expand_dims(x, 2) * 2, tf.pad(x, [[0, 0], [1, 2], [0, 3], [0, 0]]),
        tf.pad(x, [[0, 0], [0, 0], [0, 0], [1, 2]]), tf.pad(x, [[0, 0], [1, 1], [2, 0], [0, 0]], constant_values=-0.5),
        tf.pad(x, [[0, 0], [2, 1], [1, 2], [0, 0]], "REFLECT"), tf.pad(x, [[0, 0], [2, 1], [1, 2], [1, 0]], "SYMMETRIC"),
        tf.nn.space_to_depth(x, 2), tf.nn.depth_to_space(x, 2), tf.reverse(x, [2]), tf.gather(x, [2, 0, 0, 3], axis=3),
        tf.broadcast_to(tf.reduce_mean(x, [1, 2], keepdims=True), tf.shape(x)), tf.reshape(x, [-1, 8, 12]),
        tf.reshape(x, [tf.shape(x)[0], 2, 2, 24]) * 3, x * tf.tile(plane, [1, 4, 3, 1]),
    ]


@graph(4, 3, 4)
def sums(x):
    return [
        tf.reduce_mean(x, [1, 2]), tf.reduce_mean(x, [1, 2], keepdims=True), tf.reduce_max(x, [1, 2]), tf.reduce_sum(x, [1, 2]),
        tf.reduce_min(x, [3]), tf.reduce_prod(x, [1]), tf.reduce_sum(x, 3, keepdims=True), tf.reduce_mean(x, [1, 2, 3]),
        tf.reduce_logsumexp(x, 3), tf.math.reduce_variance(x, 3), tf.math.l2_normalize(x, 3),
    ]


@graph(5, 4, 3)
def resizing(x):
    v1 = tf.compat.v1.image
    return [
        tf.cast(tf.image.resize(x, [10, 8]), x.dtype), tf.image.resize(x, [10, 8], "nearest"),
        tf.cast(v1.resize_bilinear(x, [7, 9]), x.dtype), tf.cast(v1.resize_bilinear(x, [7, 9], align_corners=True), x.dtype),
        v1.resize_nearest_neighbor(x, [9, 6]), v1.resize_nearest_neighbor(x, [9, 6], align_corners=True),
        tf.cast(tf.image.resize(x, [3, 2]), x.dtype),
    ]


@graph(7, 6, 4)
def convolutions(x):
    k = lambda *shape: weight(x, *shape) / 3
    conv = lambda y, kernel, **options: tf.nn.conv2d(y, kernel, **{"strides": 1, "padding": "SAME", **options})
    biased = lambda y: tf.nn.bias_add(y, weight(x, y.shape[-1], seed=3))
    depthwise = lambda y, **options: tf.nn.depthwise_conv2d(y, k(3, 3, 4, 2), [1, 1, 1, 1], **options)
    # TensorFlow has no gradient of it in float64.
    dilated = lambda y, kernel, padding: (
        conv(y, kernel, padding=padding, dilations=2) if x.dtype == tf.float32 else tf.nn.atrous_conv2d(y, kernel, 2, padding))
    slopes = weight(x, 5, seed=5)
    prelu = lambda y: tf.nn.relu(y) - slopes * tf.nn.relu(-y)
    linear = biased(conv(x, k(3, 3, 4, 5)))
    return [
        conv(x, k(3, 2, 4, 5)), conv(x, k(3, 3, 4, 5), strides=2), conv(x, k(3, 2, 4, 5), padding="VALID", strides=[1, 2]),
        conv(x, k(3, 3, 4, 5), padding=[[0, 0], [2, 1], [0, 3], [0, 0]]), dilated(x, k(3, 3, 4, 5), "SAME"),
        tf.nn.atrous_conv2d(x, k(3, 3, 4, 5), 2, "SAME"),
        tf.nn.relu(biased(conv(x, k(3, 3, 4, 5)))), tf.nn.relu6(biased(conv(x, k(1, 1, 4, 5)))),
        tf.nn.elu(biased(conv(x, k(3, 1, 4, 5)))), tf.nn.leaky_relu(biased(conv(x, k(1, 3, 4, 5))), 0.3), prelu(linear),
        tf.tanh(biased(conv(x, k(2, 2, 4, 5)))), depthwise(x, padding="SAME"), tf.nn.relu6(biased(depthwise(x, padding="VALID"))),
        depthwise(x, padding="SAME", dilations=[2, 2]), depthwise(x, padding="VALID", dilations=[3, 2]),
        tf.nn.conv2d_transpose(x, k(3, 3, 5, 4), [tf.shape(x)[0], 14, 12, 5], 2),
        tf.nn.conv2d_transpose(x, k(3, 2, 5, 4), [tf.shape(x)[0], 15, 12, 5], 2, padding="VALID"),
        tf.nn.conv2d_transpose(x, k(3, 3, 5, 4), [tf.shape(x)[0], 13, 11, 5], 2),
        tf.nn.conv1d(x[:, 1], k(3, 4, 5), 1, "SAME"), dilated(x[:, 1:2], k(1, 3, 4, 5), "VALID")[:, 0],
        tf.nn.max_pool2d(x, 3, 2, "SAME"), tf.nn.max_pool2d(x, [2, 3], [2, 1], "VALID"), tf.nn.avg_pool2d(x, 3, 2, "SAME"),
        tf.nn.avg_pool2d(x, 2, 2, "VALID"),
    ]


@graph(4, 3, 6)
def products(x):
    flat = tf.reshape(x, [-1, 72])
    rows = tf.reshape(x, [-1, 12, 6])
    dense = lambda y, units: tf.tensordot(y, weight(x, y.shape[-1], units) / 3, 1)
    scores = tf.matmul(dense(rows, 5), dense(rows * rows, 5), transpose_b=True)
    frozen = lambda y: tf.compat.v1.nn.fused_batch_norm(
        y, weight(x, 6), weight(x, 6, seed=2), weight(x, 6, seed=3), tf.abs(weight(x, 6, seed=4)) + 0.5, 1e-3, is_training=False)[0]
    layer_norm = lambda y, axes: tf.nn.batch_normalization(
        y, *tf.nn.moments(y, axes, keepdims=True), weight(x, 6, seed=2), weight(x, 6, seed=3), 1e-6)
    normalized = [layer_norm(x, [3])]
    if x.dtype == tf.float32:
        normalized += [frozen(tf.nn.relu(x))]
    else:  # What fused_batch_norm computes; it has no float64.
        normalized += [tf.nn.batch_normalization(tf.nn.relu(x), weight(x, 6, seed=3), tf.abs(weight(x, 6, seed=4)) + 0.5,
                                                 weight(x, 6, seed=2), weight(x, 6), 1e-3)]
    return [
        tf.matmul(flat, weight(x, 72, 5)), tf.nn.relu(tf.nn.bias_add(tf.matmul(flat, weight(x, 72, 5)), weight(x, 5))),
        tf.matmul(flat, weight(x, 5, 72), transpose_b=True), dense(x, 5), dense(rows, 4) + weight(x, 4),
        tf.matmul(tf.nn.softmax(scores), rows), tf.matmul(rows, weight(x, 1, 6, 6)), *normalized,
        tf.nn.local_response_normalization(tf.cast(x, tf.float32), 2, 1.0, 0.3, 0.7),
    ]


@graph(6, 6, 3)
def boxes(x):
    features = tf.nn.relu(tf.nn.conv2d(x, weight(x, 3, 3, 3, 8) / 2, 2, "SAME"))
    classes = tf.reshape(tf.nn.conv2d(features, weight(x, 1, 1, 8, 8), 1, "SAME"), [-1, 18, 4])
    places = tf.reshape(tf.nn.conv2d(features, weight(x, 1, 1, 8, 8, seed=9), 1, "SAME"), [-1, 18, 4])
    corners = tf.concat([places[..., :2] - tf.exp(places[..., 2:]) / 2, places[..., :2] + tf.exp(places[..., 2:]) / 2], 2)
    return [tf.nn.softmax(classes), corners]


@graph(None, None, 3)
def open_size(x):
    half = tf.nn.relu(tf.nn.conv2d(x, weight(x, 3, 3, 3, 4) / 2, 2, "SAME"))
    up = tf.nn.conv2d_transpose(half, weight(x, 3, 3, 4, 4) / 2, tf.concat([tf.shape(half)[:1], tf.shape(half)[1:3] * 2, [4]], 0), 2)
    large = tf.cast(tf.image.resize(half, tf.shape(half)[1:3] * 2), x.dtype)
    return [up, large, tf.reduce_mean(tf.nn.relu(up + large), [1, 2]), tf.tensordot(half, weight(x, 4, 2), 1)]


@graph(4, 4, 1)
def loops(x):
    y = tf.while_loop(lambda i, _: tf.cast(i, tf.float32) < tf.reduce_sum(x), lambda i, y: (i + 1, y * 2), [0, x])[1]
    return [y]


@graph(4, 4, 3)
def labels(x):
    return [tf.argmax(tf.reduce_mean(x, [1, 2]), 1)]


# Which have no values that are explained.
REFUSED = ["loops", "labels"]


def write(folder, name):
    function, shape = FUNCTIONS[name], SHAPES[name]
    module = tf.Module()
    module.run = tf.function(
        lambda x: {f"y{i:02}": tf.identity(y) for i, y in enumerate(function(x))},
        input_signature=[tf.TensorSpec([None, *shape], tf.float32, name="x")],
    )
    tf.saved_model.save(module, str(folder / "saved_model"), signatures=module.run)
    # TensorFlow.js could not run all of them.
    saved_model.convert_tf_saved_model(str(folder / "saved_model"), str(folder / "graph"), skip_op_check=True)
    x = picture((2, *(length or 6 for length in shape)))
    reference = {"inputs": [numbers(x)], **({} if name in REFUSED else values(function, x))}
    (folder / "ref.json").write_text(json.dumps(reference))


def values(function, x):
    x = tf.constant(x, tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        outputs = function(x)
        scores = [tf.reduce_sum(tf.reshape(y, [-1]) * tf.cos(tf.cast(tf.range(tf.size(y)), y.dtype))) for y in outputs]
    return {"outputs": [short(y, 7) for y in outputs], "grads": [short(tape.gradient(score, x), 6) for score in scores]}


def short(tensor, digits):
    array = numbers(tensor)
    return {**array, "data": [float(f"{value:.{digits}g}") for value in array["data"]]}


def classifier():
    """A network with all that the converter folds, in the layers format and as GraphModels, quantised ones too."""
    L = keras.layers
    x = y = keras.Input((16, 16, 3), name="picture")
    y = L.Activation("swish", name="swish")(L.BatchNormalization(name="bn1")(L.Conv2D(8, 3, padding="same", name="conv1")(y)))
    y = L.ReLU(6.0, name="relu2")(L.BatchNormalization(name="bn2")(L.DepthwiseConv2D(3, 2, padding="same", name="depthwise")(y)))
    gate = L.Dense(8, "sigmoid", name="gate")(L.GlobalAveragePooling2D(name="squeeze")(y))
    y = L.Multiply(name="scaled")([y, L.Reshape((1, 1, 8), name="spread")(gate)])
    z = L.BatchNormalization(name="bn3")(L.Conv2D(8, 1, name="conv3")(y))
    y = L.ReLU(name="relu3")(L.Add(name="sum")([y, z]))
    return keras.Model(x, L.Dense(5, "softmax", name="scores")(L.GlobalAveragePooling2D(name="pool")(y)))


def write_classifier(folder):
    write_model(folder / "float32", classifier, [picture((2, 16, 16, 3))])
    convert(folder / "float32")
    for dtype in ("float16", "uint16", "uint8"):
        source = str(folder / "float32" / "saved_model")
        saved_model.convert_tf_saved_model(source, str(folder / dtype / "graph"), quantization_dtype_map={dtype: True})


def pack(folder):
    with zipfile.ZipFile(folder / "graphs.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as files:
        for file in sorted(folder.rglob("*")):
            path = file.relative_to(folder)
            if file.is_file() and ("graph" in path.parts or "layers" in path.parts or file.name == "ref.json"):
                files.writestr(str(path), file.read_bytes())


if __name__ == "__main__":
    out = pathlib.Path(sys.argv[1])
    shutil.rmtree(out, ignore_errors=True)
    for name in FUNCTIONS:
        (out / "functions" / name).mkdir(parents=True)
        write(out / "functions" / name, name)
        print(name, flush=True)
    write_classifier(out / "classifier")
    pack(out)
