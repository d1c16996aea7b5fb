"""Models as people build them, beside plain classifiers: `python special.py FOLDER [name ...]`."""

import sys

from model_files import IS_KERAS_3, keras, picture, pictures, write_model

L = keras.layers
SMALL = (16, 16, 3)


def teachable_machine():
    """As Teachable Machine nests it: a truncated MobileNet in a Sequential, a head in another, both in a third."""
    base = small_mobilenet()
    features = keras.Sequential([base, L.GlobalAveragePooling2D()], name="sequential_1")
    features.build((None, 32, 32, 3))
    head = keras.Sequential(
        [
            keras.Input((24,)),
            L.Dense(10, activation="relu", kernel_initializer="he_normal", name="dense_Dense1"),
            L.Dense(3, activation="softmax", use_bias=False, name="dense_Dense2"),
        ],
        name="sequential_3",
    )
    model = keras.Sequential([features, head], name="sequential_4")
    model.build((None, 32, 32, 3))
    return model


def small_mobilenet():
    x = keras.Input((32, 32, 3), name="input_1")
    y = x
    for i, (filters, stride) in enumerate([(8, 2), (16, 2), (24, 1)]):
        y = L.DepthwiseConv2D(3, padding="same", use_bias=False, name=f"conv_dw_{i}")(y) if i else y
        y = L.Conv2D(filters, 1 if i else 3, strides=stride, padding="same", use_bias=False, name=f"conv_{i}")(y)
        y = L.BatchNormalization(name=f"conv_{i}_bn")(y)
        y = L.ReLU(6.0, name=f"conv_{i}_relu")(y)
    return keras.Model(x, y, name="mobilenet_small")


def transfer_learning():
    """Keras's guide: augmentation, preprocessing, a nested base called with training=False, a head with dropout."""
    base = keras.applications.MobileNetV2(input_shape=(32, 32, 3), alpha=0.35, include_top=False, weights=None)
    base = keras.Model(base.input, base.get_layer("block_6_expand_relu").output, name="mobilenetv2_base")
    base.trainable = False
    augmentation = keras.Sequential([L.RandomFlip("horizontal"), L.RandomRotation(0.2)], name="augmentation")
    x = keras.Input((32, 32, 3))
    y = augmentation(x)
    y = keras.applications.mobilenet_v2.preprocess_input(y)
    y = base(y, training=False)
    y = L.GlobalAveragePooling2D()(y)
    y = L.Dropout(0.2)(y)
    return keras.Model(x, L.Dense(2, name="head")(y))


def transfer_learning_rescaling():
    base = small_mobilenet()
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            L.RandomContrast(0.1),
            L.Rescaling(1 / 127.5, offset=-1),
            base,
            L.GlobalAveragePooling2D(),
            L.Dropout(0.2),
            L.Dense(3, activation="softmax"),
        ],
        name="transfer",
    )


def twins():
    """Two nested models whose inner layers have the same names."""
    x = keras.Input(SMALL)
    a, b = twin("left", 4)(x), twin("right", 6)(x)
    return keras.Model(x, L.Dense(2)(L.Concatenate()([a, b])))


def twin(name, filters):
    x = keras.Input(SMALL, name=f"{name}_input")
    y = L.Conv2D(filters, 3, strides=2, activation="relu", name="conv")(x)
    y = L.BatchNormalization(name="bn")(y)
    return keras.Model(x, L.GlobalAveragePooling2D(name="pool")(y), name=name)


def shared_nested():
    """A nested model called twice, and a layer shared by both ways."""
    x1, x2 = keras.Input(SMALL, name="first"), keras.Input(SMALL, name="second")
    tower = keras.Sequential([L.Conv2D(4, 3, strides=2, activation="relu"), L.GlobalAveragePooling2D()], name="tower")
    shared = L.Dense(5, activation="tanh", name="shared")
    y = L.Subtract()([shared(tower(x1)), shared(tower(x2))])
    return keras.Model([x1, x2], L.Dense(2)(y))


def several_outputs():
    x = keras.Input(SMALL)
    y = L.Conv2D(6, 3, strides=2, activation="relu")(x)
    z = L.GlobalAveragePooling2D()(y)
    return keras.Model(x, [L.Dense(3, activation="softmax", name="kind")(z), L.Dense(1, activation="sigmoid", name="sick")(z),
                           L.Conv2D(2, 1, activation="sigmoid", name="mask")(y)])


def several_inputs():
    x, meta = keras.Input(SMALL, name="picture"), keras.Input((4,), name="meta")
    y = L.Conv2D(6, 3, strides=2, activation="relu")(x)
    y = L.Concatenate()([L.GlobalAveragePooling2D()(y), L.Dense(3, activation="relu")(meta)])
    return keras.Model({"picture": x, "meta": meta}, {"answer": L.Dense(2, name="answer")(y)})


def many_layers():
    """So long lists of names, of layers and of one model's weights, that HDF5 cuts them in parts of 64 kB."""
    long = "a_name_as_long_as_" + "_and_".join(str(i) for i in range(100))
    x = keras.Input((4, 4, 2))
    y = x
    for i in range(32):
        y = L.BatchNormalization(name=f"{long}_{i}")(y)
    inner = keras.Model(x, y, name="inner")
    outer = keras.Input((4, 4, 2))
    z = inner(outer)
    for i in range(112):
        z = L.Activation("linear", name=f"{long}_outer_{i}")(z)
    return keras.Model(outer, L.Dense(2)(L.Flatten()(z)))


def mixed_float16():
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        x = keras.Input(SMALL)
        y = L.Conv2D(6, 3, strides=2, activation="relu")(x)
        y = L.BatchNormalization()(y)
        y = L.GlobalAveragePooling2D()(y)
        return keras.Model(x, L.Dense(2, dtype="float32")(y))
    finally:
        keras.mixed_precision.set_global_policy("float32")


def mixed_float16_twin():
    """The same network in the usual precision: what a reader of the file computes."""
    x = keras.Input(SMALL)
    y = L.Conv2D(6, 3, strides=2, activation="relu")(x)
    y = L.BatchNormalization()(y)
    return keras.Model(x, L.Dense(2)(L.GlobalAveragePooling2D()(y)))


def segmentation():
    """A small U-Net: transposed convolution, bilinear upsampling, skips, a map of probabilities."""
    x = keras.Input((16, 12, 3))
    a = L.Conv2D(6, 3, padding="same", activation="relu")(x)
    b = L.Conv2D(8, 3, padding="same", activation="relu")(L.MaxPooling2D()(a))
    c = L.Conv2D(8, 3, padding="same", activation="relu")(L.MaxPooling2D()(b))
    d = L.Concatenate()([L.UpSampling2D(interpolation="bilinear")(c), b])
    e = L.Concatenate()([L.Conv2DTranspose(6, 3, strides=2, padding="same")(d), a])
    return keras.Model(x, L.Conv2D(3, 1, activation="softmax")(e))


def unknown_size():
    """No height and width in the file."""
    x = keras.Input((None, None, 3))
    y = L.Conv2D(6, 3, strides=2, activation="relu")(x)
    return keras.Model(x, L.Dense(3, activation="softmax")(L.GlobalAveragePooling2D()(y)))


def deep_sequential():
    """Sequential without Input layer, with batch_input_shape or build()."""
    model = keras.Sequential([L.Conv2D(4, 3, activation="relu"), L.Flatten(), L.Dense(2)])
    model.build((None, *SMALL))
    return model


def compiled():
    """With an optimizer's weights in the file."""
    model = deep_sequential()
    model.compile("adam", "mse")
    model.fit(picture((4, *SMALL)), picture((4, 2)), epochs=1, verbose=0)
    return model


def trained():
    """Trained for a step: kernels with constraints, regularizers, a schedule in the optimizer."""
    model = keras.Sequential(
        [
            keras.Input(SMALL),
            L.Conv2D(4, 3, kernel_regularizer=keras.regularizers.L2(1e-4), kernel_constraint=keras.constraints.MaxNorm(3)),
            L.BatchNormalization(momentum=0.9),
            L.Activation("relu"),
            L.MaxPooling2D(),
            L.SpatialDropout2D(0.2),
            L.Flatten(),
            L.Dense(2, activation="softmax"),
        ]
    )
    schedule = keras.optimizers.schedules.CosineDecay(1e-3, 100)
    model.compile(keras.optimizers.Adam(schedule), "categorical_crossentropy", metrics=["accuracy"])
    model.fit(picture((4, *SMALL)), abs(picture((4, 2))), epochs=1, verbose=0)
    return model


def vision_head():
    """Layers of newer networks: layer normalization, GELU, a gate, a residual sum."""
    x = keras.Input(SMALL)
    y = L.Conv2D(8, 4, strides=4)(x)
    z = L.DepthwiseConv2D(3, padding="same")(y)
    z = L.LayerNormalization(epsilon=1e-6)(z)
    z = L.Dense(16, activation="gelu")(z)
    y = y + L.Dense(8)(z)
    gate = L.GlobalAveragePooling2D(keepdims=True)(y)
    y = y * L.Conv2D(8, 1, activation="hard_sigmoid")(gate)
    return keras.Model(x, L.Dense(3)(L.GlobalMaxPooling2D()(y)))


MODELS = {
    "teachable-machine": (teachable_machine, [(32, 32, 3)], {}),
    "transfer-learning": (transfer_learning, [(32, 32, 3)], dict(scale=60.0, offset=127.0)),
    "transfer-learning-rescaling": (transfer_learning_rescaling, [(32, 32, 3)], dict(scale=60.0, offset=127.0)),
    "twins": (twins, [SMALL], {}),
    "shared-nested": (shared_nested, [SMALL, SMALL], {}),
    "several-outputs": (several_outputs, [SMALL], {}),
    "several-inputs": (several_inputs, None, {}),
    "many-layers": (many_layers, [(4, 4, 2)], {}),
    "mixed-float16": (mixed_float16, [SMALL], {}),
    "segmentation": (segmentation, [(16, 12, 3)], {}),
    "unknown-size": (unknown_size, [SMALL], {}),
    "sequential-built": (deep_sequential, [SMALL], {}),
    "compiled": (compiled, [SMALL], {}),
    "trained": (trained, [SMALL], {}),
    "vision-head": (vision_head, [SMALL], {}),
}
REFERENCES = {"mixed-float16": mixed_float16_twin}


def main(folder, *names):
    for name in names or MODELS:
        build, shapes, options = MODELS[name]
        inputs = pictures(*shapes, count=1, **options) if shapes else {"picture": picture((2, *SMALL)), "meta": picture((2, 4), 1)}
        try:
            write_model(f"{folder}/{name}", build, inputs, reference_of=REFERENCES.get(name))
        except Exception as error:
            print("FAILED", name, type(error).__name__, str(error)[:300], flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
