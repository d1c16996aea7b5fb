"""Small models, one layer or one option of a layer each: `python probes.py FOLDER [name ...]`."""

import pathlib
import sys

from model_files import IS_KERAS_3, keras, picture, pictures, tf, write_model

L = keras.layers
SHAPE = (8, 7, 3)


def one_layer(*layers):
    """x -> layers -> Flatten -> Dense(2)."""

    def build():
        x = keras.Input(SHAPE)
        y = x
        for layer in layers:
            y = layer()(y)
        return headed(x, y)

    return build


def headed(x, y):
    return keras.Model(x, L.Dense(2, name="head")(L.Flatten(name="flat")(y)))


def function(f):
    """x -> two convolutions a and b -> f(a, b) -> Flatten -> Dense(2)."""

    def build():
        x = keras.Input(SHAPE)
        a = L.Conv2D(4, 3, name="a")(x)
        b = L.Conv2D(4, 3, name="b")(x)
        return headed(x, f(a, b))

    return build


def activation(name):
    return one_layer(lambda: L.Conv2D(4, 3, activation=name))


LAYERS = {
    "activity-regularization": one_layer(lambda: L.ActivityRegularization(l2=0.1)),
    "average-pooling-same": one_layer(lambda: L.AveragePooling2D(3, strides=2, padding="same")),
    "average-pooling-valid": one_layer(lambda: L.AveragePooling2D((3, 2), strides=(2, 1))),
    "batch-normalization": one_layer(lambda: L.Conv2D(4, 3), lambda: L.BatchNormalization()),
    "batch-normalization-plain": one_layer(lambda: L.Conv2D(4, 3), lambda: L.BatchNormalization(scale=False, center=False)),
    "center-crop": one_layer(lambda: L.CenterCrop(5, 4)),
    "center-crop-larger": one_layer(lambda: L.CenterCrop(10, 9)),
    "conv-1x1": one_layer(lambda: L.Conv2D(4, 1, use_bias=False)),
    "conv-dilation": one_layer(lambda: L.Conv2D(4, 3, dilation_rate=2)),
    "conv-dilation-same": one_layer(lambda: L.Conv2D(4, 3, dilation_rate=(2, 1), padding="same")),
    "conv-groups": one_layer(lambda: L.Conv2D(6, 3), lambda: L.Conv2D(4, 3, groups=2, padding="same", activation="relu")),
    "conv-groups-strided": one_layer(lambda: L.Conv2D(6, 1), lambda: L.Conv2D(9, (3, 2), groups=3, strides=2)),
    "conv-groups-channels": one_layer(lambda: L.Conv2D(6, 3, groups=3, padding="same")),
    "conv-stride-same": one_layer(lambda: L.Conv2D(4, 3, strides=2, padding="same")),
    "conv-transpose": one_layer(lambda: L.Conv2DTranspose(4, 3, strides=2, padding="same")),
    "conv-transpose-valid": one_layer(lambda: L.Conv2DTranspose(4, (3, 2), strides=(2, 3))),
    "conv-transpose-output-padding": one_layer(lambda: L.Conv2DTranspose(4, 3, strides=2, padding="same", output_padding=0)),
    "conv-transpose-output-padding-valid": one_layer(lambda: L.Conv2DTranspose(4, 3, strides=2, output_padding=1)),
    "conv-transpose-dilation": one_layer(lambda: L.Conv2DTranspose(4, 3, dilation_rate=2)),
    "conv-transpose-dilation-same": one_layer(lambda: L.Conv2DTranspose(4, 3, dilation_rate=2, padding="same", activation="relu")),
    "cropping": one_layer(lambda: L.Cropping2D(((1, 2), (0, 1)))),
    "depthwise": one_layer(lambda: L.DepthwiseConv2D(3, activation="relu")),
    "depthwise-dilation": one_layer(lambda: L.DepthwiseConv2D(3, dilation_rate=2)),
    "depthwise-dilation-same": one_layer(lambda: L.DepthwiseConv2D(3, dilation_rate=2, padding="same", activation="relu")),
    "depthwise-multiplier": one_layer(lambda: L.DepthwiseConv2D(3, depth_multiplier=2, strides=2, padding="same")),
    "dropout": one_layer(lambda: L.Dropout(0.4)),
    "elu": one_layer(lambda: L.ELU()),
    "elu-alpha": one_layer(lambda: L.ELU(alpha=0.5)),
    "flatten-dense": one_layer(lambda: L.Flatten(), lambda: L.Dense(5, activation="tanh")),
    "gaussian-dropout": one_layer(lambda: L.GaussianDropout(0.2)),
    "gaussian-noise": one_layer(lambda: L.GaussianNoise(0.2)),
    "global-average-pooling-keepdims": one_layer(lambda: L.GlobalAveragePooling2D(keepdims=True)),
    "global-max-pooling": one_layer(lambda: L.GlobalMaxPooling2D()),
    "global-max-pooling-keepdims": one_layer(lambda: L.GlobalMaxPooling2D(keepdims=True)),
    "group-normalization": one_layer(lambda: L.Conv2D(6, 3), lambda: L.GroupNormalization(groups=3)),
    "group-normalization-instance": one_layer(lambda: L.Conv2D(6, 3), lambda: L.GroupNormalization(groups=-1)),
    "group-normalization-one": one_layer(lambda: L.Conv2D(6, 3), lambda: L.GroupNormalization(groups=1, scale=False)),
    "identity": one_layer(lambda: L.Identity()),
    "initializer-he-normal": one_layer(lambda: L.Conv2D(4, 3, kernel_initializer=keras.initializers.HeNormal(seed=1))),
    "initializer-variance-scaling": one_layer(lambda: L.Conv2D(4, 3, kernel_initializer=keras.initializers.VarianceScaling(2.0, mode="fan_out"))),
    "constraint": one_layer(lambda: L.Conv2D(4, 3, kernel_constraint=keras.constraints.MaxNorm(2), bias_constraint="non_neg")),
    "layer-normalization": one_layer(lambda: L.LayerNormalization()),
    "layer-normalization-axes": one_layer(lambda: L.LayerNormalization(axis=[1, 2, 3])),
    "leaky-relu": one_layer(lambda: L.Conv2D(4, 3), lambda: L.LeakyReLU()),
    "leaky-relu-slope": one_layer(lambda: L.Conv2D(4, 3), lambda: L.LeakyReLU(0.05)),
    "max-pooling-same": one_layer(lambda: L.MaxPooling2D(3, strides=2, padding="same")),
    "normalization": one_layer(lambda: L.Normalization(mean=[0.1, -0.2, 0.3], variance=[1.5, 0.7, 2.0])),
    "normalization-scalar": one_layer(lambda: L.Normalization(axis=None, mean=0.4, variance=2.0)),
    "normalization-adapted": one_layer(lambda: adapted_normalization()),
    "normalization-invert": one_layer(lambda: L.Normalization(mean=[0.1, -0.2, 0.3], variance=[1.5, 0.7, 2.0], invert=True)),
    "prelu-shared": one_layer(lambda: L.Conv2D(4, 3), lambda: L.PReLU(shared_axes=[1, 2])),
    "prelu": one_layer(lambda: L.PReLU()),
    "permute": one_layer(lambda: L.Permute((3, 1, 2))),
    "random-brightness": one_layer(lambda: L.RandomBrightness(0.2)),
    "random-contrast": one_layer(lambda: L.RandomContrast(0.2)),
    "random-crop": one_layer(lambda: L.RandomCrop(5, 4)),
    "random-flip": one_layer(lambda: L.RandomFlip()),
    "random-rotation": one_layer(lambda: L.RandomRotation(0.2)),
    "random-translation": one_layer(lambda: L.RandomTranslation(0.2, 0.1)),
    "random-zoom": one_layer(lambda: L.RandomZoom(0.2)),
    "relu": one_layer(lambda: L.ReLU()),
    "relu-max": one_layer(lambda: L.ReLU(max_value=1.0)),
    "relu-negative-slope": one_layer(lambda: L.ReLU(negative_slope=0.2)),
    "relu-negative-slope-max": one_layer(lambda: L.ReLU(negative_slope=0.2, max_value=0.8)),
    "relu-threshold": one_layer(lambda: L.ReLU(threshold=0.3)),
    "relu-all": one_layer(lambda: L.ReLU(max_value=1.5, negative_slope=0.1, threshold=0.2)),
    "repeat-vector": one_layer(lambda: L.GlobalAveragePooling2D(), lambda: L.RepeatVector(3)),
    "rescaling": one_layer(lambda: L.Rescaling(1 / 127.5, offset=-1)),
    "rescaling-list": one_layer(lambda: L.Rescaling([0.5, 2.0, -1.0], offset=[0.1, 0.2, 0.3])),
    "rescaling-list-scale": one_layer(lambda: L.Rescaling([0.5, 2.0, -1.0])),
    "rescaling-list-offset": one_layer(lambda: L.Rescaling(0.5, offset=[0.1, 0.2, 0.3])),
    "reshape": one_layer(lambda: L.Reshape((7, 8, 3))),
    "reshape-unknown": one_layer(lambda: L.Reshape((-1, 3))),
    "reshape-unknown-last": one_layer(lambda: L.Reshape((4, -1))),
    "resizing-bilinear": one_layer(lambda: L.Resizing(11, 5)),
    "resizing-bilinear-up": one_layer(lambda: L.Resizing(16, 14)),
    "resizing-nearest": one_layer(lambda: L.Resizing(11, 5, interpolation="nearest")),
    "separable": one_layer(lambda: L.SeparableConv2D(4, 3)),
    "separable-multiplier": one_layer(lambda: L.SeparableConv2D(4, 3, depth_multiplier=2, strides=2, padding="same", activation="relu")),
    "separable-dilation": one_layer(lambda: L.SeparableConv2D(4, 3, dilation_rate=2)),
    "separable-regularized": one_layer(lambda: L.SeparableConv2D(4, 3, depthwise_regularizer="l2", pointwise_regularizer="l1")),
    "softmax": one_layer(lambda: L.Softmax()),
    "softmax-axis": one_layer(lambda: L.Softmax(axis=1)),
    "softmax-axes": one_layer(lambda: L.Softmax(axis=[1, 2])),
    "spatial-dropout": one_layer(lambda: L.SpatialDropout2D(0.3)),
    "spectral-normalization": one_layer(lambda: L.SpectralNormalization(L.Conv2D(4, 3))),
    "unit-normalization": one_layer(lambda: L.UnitNormalization()),
    "unit-normalization-axes": one_layer(lambda: L.UnitNormalization(axis=[1, 2])),
    "upsampling-nearest": one_layer(lambda: L.UpSampling2D((2, 3))),
    "upsampling-bilinear": one_layer(lambda: L.UpSampling2D((2, 3), interpolation="bilinear")),
    "zero-padding": one_layer(lambda: L.ZeroPadding2D(((1, 2), (0, 3)))),
    "alpha-dropout": one_layer(lambda: L.AlphaDropout(0.3)),
    "regularizers": one_layer(lambda: L.Conv2D(4, 3, kernel_regularizer="l2", bias_regularizer=keras.regularizers.L1(0.1), activity_regularizer=keras.regularizers.L1L2(0.1, 0.2))),
    "conv1d": one_layer(lambda: L.Reshape((8, 21)), lambda: L.Conv1D(4, 3, activation="relu")),
    "conv1d-causal": one_layer(lambda: L.Reshape((8, 21)), lambda: L.Conv1D(4, 3, padding="causal", dilation_rate=2)),
    "conv1d-groups": one_layer(lambda: L.Reshape((8, 21)), lambda: L.Conv1D(6, 3, groups=3)),
    "depthwise-conv1d": one_layer(lambda: L.Reshape((8, 21)), lambda: L.DepthwiseConv1D(3, depth_multiplier=2)),
    "separable-conv1d": one_layer(lambda: L.Reshape((8, 21)), lambda: L.SeparableConv1D(4, 3)),
    "max-pooling-1d": one_layer(lambda: L.Reshape((8, 21)), lambda: L.MaxPooling1D(3, strides=2, padding="same")),
    "global-average-pooling-1d": one_layer(lambda: L.Reshape((8, 21)), lambda: L.GlobalAveragePooling1D(keepdims=True)),
    "upsampling-1d": one_layer(lambda: L.Reshape((8, 21)), lambda: L.UpSampling1D(2)),
    "zero-padding-1d": one_layer(lambda: L.Reshape((8, 21)), lambda: L.ZeroPadding1D((1, 2))),
    "cropping-1d": one_layer(lambda: L.Reshape((8, 21)), lambda: L.Cropping1D((1, 2))),
    "conv3d": one_layer(lambda: L.Reshape((8, 7, 3, 1)), lambda: L.Conv3D(2, (3, 3, 2), activation="relu"), lambda: L.MaxPooling3D((2, 2, 1))),
}



def recurrent(*layers):
    """x -> a sequence of eight steps -> layers -> Flatten -> Dense(2)."""
    return one_layer(lambda: L.Reshape((8, 21)), *layers)


def one_step(layer):
    return one_layer(lambda: L.Reshape((1, 168)), layer)


def decoder(layer):
    """A layer begins with the states in which another one of its kind has ended."""

    def build():
        x = keras.Input(SHAPE)
        steps = L.Reshape((8, 21))(x)
        _, *states = layer(return_state=True, name="first")(steps)
        return headed(x, layer(return_sequences=True, name="second")(steps, initial_state=states))

    return build


def both_states():
    x = keras.Input(SHAPE)
    layer = L.Bidirectional(L.GRU(3, return_sequences=True, return_state=True), merge_mode="ave", name="both")
    y, forward, backward = layer(L.Reshape((8, 21))(x))
    return headed(x, L.Concatenate()([L.GlobalAveragePooling1D()(y), forward, backward]))


# In every format, in an archive of their own.
RECURRENT = {
    "rnn-gru": recurrent(lambda: L.GRU(4, name="gru")),
    "rnn-gru-no-reset-after": recurrent(lambda: L.GRU(4, reset_after=False)),
    "rnn-gru-no-bias": recurrent(lambda: L.GRU(4, use_bias=False, return_sequences=True, go_backwards=True)),
    "rnn-gru-activations": recurrent(lambda: L.GRU(4, activation="relu", recurrent_activation="hard_sigmoid", dropout=0.3, recurrent_dropout=0.2)),
    "rnn-gru-one-step": one_step(lambda: L.GRU(4, return_sequences=True)),
    "rnn-gru-tower": recurrent(lambda: L.GRU(4, return_sequences=True), lambda: L.GRU(3)),
    "rnn-gru-decoder": decoder(lambda **options: L.GRU(4, **options)),
    "rnn-gru-both-ways": recurrent(lambda: L.Bidirectional(L.GRU(4, return_sequences=True), merge_mode="sum")),
    "rnn-gru-both-states": both_states,
    "rnn-gru-cell": recurrent(lambda: L.RNN(L.GRUCell(4), return_sequences=True)),
    "rnn-lstm": recurrent(lambda: L.LSTM(4, return_sequences=True, go_backwards=True)),
    "rnn-lstm-one-step": one_step(lambda: L.LSTM(4)),
    "rnn-lstm-decoder": decoder(lambda **options: L.LSTM(4, **options)),
    "rnn-lstm-both-ways": recurrent(lambda: L.Bidirectional(L.LSTM(4, return_sequences=True), merge_mode="mul")),
    "rnn-lstm-cells": recurrent(lambda: L.RNN([L.LSTMCell(4), L.LSTMCell(3)], return_sequences=True)),
    "rnn-mixed-cells": recurrent(lambda: L.RNN([L.SimpleRNNCell(4), L.GRUCell(3)])),
    "rnn-simple": recurrent(lambda: L.SimpleRNN(4, activation="relu")),
    "rnn-convolution": one_layer(lambda: L.Reshape((4, 7, 6, 1)), lambda: L.ConvLSTM2D(2, (3, 2), strides=(2, 1), padding="same", return_sequences=True)),
    "rnn-frames": one_layer(lambda: L.Reshape((4, 2, 21)), lambda: L.TimeDistributed(L.GRU(3))),
}

MERGES = {
    "add": function(lambda a, b: L.Add()([a, b])),
    "subtract": function(lambda a, b: L.Subtract()([a, b])),
    "multiply": function(lambda a, b: L.Multiply()([a, b])),
    "average": function(lambda a, b: L.Average()([a, b])),
    "maximum": function(lambda a, b: L.Maximum()([a, b])),
    "minimum": function(lambda a, b: L.Minimum()([a, b])),
    "concatenate": function(lambda a, b: L.Concatenate()([a, b])),
    "concatenate-axis-1": function(lambda a, b: L.Concatenate(axis=1)([a, b])),
    "multiply-broadcast": function(lambda a, b: L.Multiply()([a, L.GlobalAveragePooling2D(keepdims=True)(b)])),
    "dot": function(lambda a, b: L.Dot(axes=1)([L.Reshape((30, 4))(a), L.Reshape((30, 4))(b)])),
    "dot-vectors": function(lambda a, b: L.Reshape((1, 1))(L.Dot(axes=1)([L.Flatten()(a), L.Flatten()(b)]))),
    "operator-add": function(lambda a, b: a + b),
    "operator-subtract": function(lambda a, b: a - b),
    "operator-multiply": function(lambda a, b: a * b),
    "operator-divide": function(lambda a, b: a / (b * b + 1.0)),
    "operator-add-number": function(lambda a, b: a + 0.5),
    "operator-times-number": function(lambda a, b: a * 2),
    "operator-divide-number": function(lambda a, b: a / 3.0),
    "operator-number-minus": function(lambda a, b: 1 - a),
    "operator-number-plus": function(lambda a, b: 0.5 + a),
    "operator-minus": function(lambda a, b: -a),
    "operator-power": function(lambda a, b: a**2),
    "slice": function(lambda a, b: a[:, 1:]),
    "slice-channels": function(lambda a, b: a[..., :2]),
    "slice-step": function(lambda a, b: a[:, ::2, 1:-1, :]),
    "slice-integer": function(lambda a, b: a[:, 0]),
    "shared-layer": function(lambda a, b: shared_layer(a, b)),
    "squeeze-excite": function(lambda a, b: squeeze_excite(a)),
}

ACTIVATIONS = ["elu", "exponential", "gelu", "hard_sigmoid", "linear", "mish", "relu", "selu", "sigmoid",
               "softplus", "softsign", "swish", "tanh", "softmax", "silu", "leaky_relu", "relu6"]


def shared_layer(a, b):
    layer = L.Conv2D(4, 3, name="twice", activation="relu")
    return L.Add()([layer(a), layer(b)])


def squeeze_excite(a):
    gate = L.GlobalAveragePooling2D(keepdims=True)(a)
    gate = L.Conv2D(2, 1, activation="relu")(gate)
    return L.Multiply()([a, L.Conv2D(4, 1, activation="sigmoid")(gate)])


def adapted_normalization():
    layer = L.Normalization()
    layer.adapt(picture((4, *SHAPE), 5, 2.0, 0.5))
    return layer


def functions_of_keras_2():
    def gelu_approximate(a):
        return keras.activations.gelu(a, approximate=True)

    return {
        "keras-backend-relu": function(lambda a, b: keras.backend.relu(a, alpha=0.1)),
        "tf-concat": function(lambda a, b: tf.concat([a, b], axis=-1)),
        "tf-image-resize": function(lambda a, b: tf.image.resize(a, (9, 4))),
        "tf-image-resize-nearest": function(lambda a, b: tf.image.resize(a, (9, 4), method="nearest")),
        "tf-nn-relu": function(lambda a, b: tf.nn.relu(a)),
        "tf-nn-relu6": function(lambda a, b: tf.nn.relu6(a * 4.0)),
        "tf-nn-leaky-relu": function(lambda a, b: tf.nn.leaky_relu(a, alpha=0.1)),
        "tf-nn-silu": function(lambda a, b: tf.nn.silu(a)),
        "tf-nn-softmax": function(lambda a, b: tf.nn.softmax(a)),
        "tf-sigmoid": function(lambda a, b: tf.sigmoid(a)),
        "tf-tanh": function(lambda a, b: tf.math.tanh(a)),
        "tf-abs": function(lambda a, b: tf.abs(a)),
        "tf-square": function(lambda a, b: tf.square(a)),
        "tf-sqrt": function(lambda a, b: tf.sqrt(tf.square(a) + 0.1)),
        "tf-maximum": function(lambda a, b: tf.maximum(a, b)),
        "tf-clip": function(lambda a, b: tf.clip_by_value(a, -0.5, 0.7)),
        "tf-reduce-mean": function(lambda a, b: tf.reduce_mean(a, axis=[1, 2])),
        "tf-reduce-mean-keepdims": function(lambda a, b: tf.reduce_mean(a, axis=[1, 2], keepdims=True)),
        "tf-reduce-max": function(lambda a, b: tf.reduce_max(a, axis=-1)),
        "tf-reduce-sum": function(lambda a, b: tf.reduce_sum(a, axis=1)),
        "tf-reshape": function(lambda a, b: tf.reshape(a, (-1, 5, 24))),
        "tf-transpose": function(lambda a, b: tf.transpose(a, [0, 2, 1, 3])),
        "tf-squeeze": function(lambda a, b: tf.squeeze(tf.reduce_mean(a, axis=[1], keepdims=True), axis=1)),
        "tf-expand-dims": function(lambda a, b: tf.expand_dims(a, -1)),
        "tf-stack": function(lambda a, b: tf.stack([a, b], axis=1)),
        "tf-pad": function(lambda a, b: tf.pad(a, [[0, 0], [1, 1], [2, 0], [0, 0]])),
        "tf-pad-reflect": function(lambda a, b: tf.pad(a, [[0, 0], [1, 1], [2, 0], [0, 0]], mode="REFLECT")),
        "tf-split": function(lambda a, b: tf.split(a, 2, axis=-1)[1] * tf.split(b, 2, axis=-1)[0]),
        "tf-depth-to-space": function(lambda a, b: tf.nn.depth_to_space(a, 2)),
        "tf-space-to-depth": function(lambda a, b: tf.nn.space_to_depth(a[:, :, :4], 2)),
        "tf-l2-normalize": function(lambda a, b: tf.math.l2_normalize(a, axis=-1)),
        "tf-constant-add": function(lambda a, b: a + tf.constant([0.1, 0.2, 0.3, 0.4])),
        "tf-matmul": function(lambda a, b: tf.matmul(a, b, transpose_b=True)),
        "gelu-approximate": function(lambda a, b: gelu_approximate(a)),
        "activation-tf-nn-relu": one_layer(lambda: L.Conv2D(4, 3, activation=tf.nn.relu)),
        "activation-tf-nn-relu6": one_layer(lambda: L.Conv2D(4, 3, activation=tf.nn.relu6)),
        "activation-tf-nn-swish": one_layer(lambda: L.Activation(tf.nn.swish)),
        "thresholded-relu": one_layer(lambda: L.ThresholdedReLU(0.3)),
        "lambda": one_layer(lambda: L.Lambda(lambda x: x * 2.0)),
        "name-with-slash": one_layer(lambda: L.Conv2D(4, 3, name="Conv"), lambda: L.BatchNormalization(name="Conv/BatchNorm")),
        "preprocess-mobilenet": one_layer_of_input(lambda x: keras.applications.mobilenet_v2.preprocess_input(x)),
        "preprocess-resnet": one_layer_of_input(lambda x: keras.applications.resnet.preprocess_input(x)),
    }


def one_layer_of_input(f):
    def build():
        x = keras.Input(SHAPE)
        return headed(x, L.Conv2D(3, 3)(f(x)))

    return build


def functions_of_keras_3():
    ops = keras.ops
    new_activations = ["celu", "glu", "hard_shrink", "hard_silu", "hard_swish", "hard_tanh", "log_sigmoid",
                       "log_softmax", "soft_shrink", "sparse_plus", "squareplus", "tanh_shrink", "threshold"]
    return {
        **{f"activation-{name}": activation(name) for name in new_activations},
        "activation-layer-hard-silu": one_layer(lambda: L.Activation("hard_silu")),
        "ops-relu": function(lambda a, b: ops.relu(a)),
        "ops-relu6": function(lambda a, b: ops.relu6(a * 4.0)),
        "ops-leaky-relu": function(lambda a, b: ops.leaky_relu(a, 0.1)),
        "ops-silu": function(lambda a, b: ops.silu(a)),
        "ops-gelu": function(lambda a, b: ops.gelu(a)),
        "ops-gelu-exact": function(lambda a, b: ops.gelu(a, approximate=False)),
        "ops-hard-sigmoid": function(lambda a, b: ops.hard_sigmoid(a)),
        "ops-softmax": function(lambda a, b: ops.softmax(a, axis=-1)),
        "ops-sigmoid": function(lambda a, b: ops.sigmoid(a)),
        "ops-tanh": function(lambda a, b: ops.tanh(a)),
        "ops-abs": function(lambda a, b: ops.abs(a)),
        "ops-square": function(lambda a, b: ops.square(a)),
        "ops-sqrt": function(lambda a, b: ops.sqrt(ops.square(a) + 0.1)),
        "ops-exp": function(lambda a, b: ops.exp(a)),
        "ops-log": function(lambda a, b: ops.log(ops.square(a) + 0.1)),
        "ops-maximum": function(lambda a, b: ops.maximum(a, b)),
        "ops-minimum-number": function(lambda a, b: ops.minimum(a, 0.5)),
        "ops-clip": function(lambda a, b: ops.clip(a, -0.5, 0.7)),
        "ops-mean": function(lambda a, b: ops.mean(a, axis=[1, 2])),
        "ops-mean-keepdims": function(lambda a, b: ops.mean(a, axis=(1, 2), keepdims=True)),
        "ops-max": function(lambda a, b: ops.max(a, axis=-1)),
        "ops-sum": function(lambda a, b: ops.sum(a, axis=1)),
        "ops-var": function(lambda a, b: ops.var(a, axis=1)),
        "ops-reshape": function(lambda a, b: ops.reshape(a, (-1, 5, 24))),
        "ops-transpose": function(lambda a, b: ops.transpose(a, (0, 2, 1, 3))),
        "ops-squeeze": function(lambda a, b: ops.squeeze(ops.mean(a, axis=1, keepdims=True), 1)),
        "ops-expand-dims": function(lambda a, b: ops.expand_dims(a, -1)),
        "ops-concatenate": function(lambda a, b: ops.concatenate([a, b], axis=-1)),
        "ops-stack": function(lambda a, b: ops.stack([a, b], axis=1)),
        "ops-pad": function(lambda a, b: ops.pad(a, [[0, 0], [1, 1], [2, 0], [0, 0]])),
        "ops-split": function(lambda a, b: ops.split(a, 2, axis=-1)[1] * ops.split(b, 2, axis=-1)[0]),
        "ops-matmul": function(lambda a, b: ops.matmul(a, ops.transpose(b, (0, 1, 3, 2)))),
        "ops-image-resize": function(lambda a, b: ops.image.resize(a, (9, 4))),
        "ops-flip": function(lambda a, b: ops.flip(a, axis=1)),
        "ops-roll": function(lambda a, b: ops.roll(a, 1, axis=1)),
        "ops-where": function(lambda a, b: ops.where(a > 0, a, b)),
        "ops-normalize": function(lambda a, b: ops.normalize(a, axis=-1)),
        "ops-repeat": function(lambda a, b: ops.repeat(a, 2, axis=1)),
        "ops-average-pool": function(lambda a, b: ops.average_pool(a, 2)),
        "preprocess-mobilenet": one_layer_of_input(lambda x: keras.applications.mobilenet_v2.preprocess_input(x)),
        "preprocess-resnet": one_layer_of_input(lambda x: keras.applications.resnet.preprocess_input(x)),
        "rms-normalization": one_layer(lambda: L.RMSNormalization()),
        "resizing-pad": one_layer(lambda: L.Resizing(9, 9, pad_to_aspect_ratio=True)),
        "spectral-normalization": one_layer(lambda: L.SpectralNormalization(L.Conv2D(4, 3))),
        "adaptive-average-pooling": one_layer(lambda: L.AdaptiveAveragePooling2D((4, 7))),
        "lambda": one_layer(lambda: L.Lambda(lambda x: x * 2.0)),
        "random-color-jitter": one_layer(lambda: L.RandomColorJitter((0.0, 1.0), brightness_factor=0.2)),
        "random-erasing": one_layer(lambda: L.RandomErasing(0.5)),
        "random-gaussian-blur": one_layer(lambda: L.RandomGaussianBlur(0.5)),
    }


def probes():
    own = functions_of_keras_3() if IS_KERAS_3 else functions_of_keras_2()
    return {**LAYERS, **MERGES, **RECURRENT, **{f"activation-{name}": activation(name) for name in ACTIVATIONS}, **own}


def main(folder, *names):
    for name, build in probes().items():
        if names and name not in names:
            continue
        try:
            write_model(pathlib.Path(folder) / name, build, pictures(SHAPE))
        except Exception as error:
            print("FAILED", name, type(error).__name__, str(error)[:200], flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
