"""Every family of keras.applications, reduced in width, depth and picture: `python reduced.py FOLDER [name ...]`."""

import importlib
import sys
from contextlib import contextmanager

from application_files import write_application
from model_files import IS_KERAS_3, keras

SMALL = 48
CLASSES = 10


def module(name):
    return importlib.import_module(f"{keras.__name__}.src.applications.{name}")


def plain(size=SMALL, **options):
    return dict(input_shape=(size, size, 3), weights=None, classes=CLASSES, **options)


def convnext(head):
    build = module("convnext").ConvNeXt
    return build([1, 1, 1, 2], [8, 12, 16, 24], drop_path_rate=0.2, **plain(**head))


def densenet(head):
    return module("densenet").DenseNet([1, 2, 2, 2], **plain(**head))


def efficientnet(head):
    blocks = [dict(kernel_size=k, repeats=1, filters_in=i, filters_out=o, expand_ratio=e, id_skip=True, strides=s, se_ratio=0.25)
              for k, i, o, e, s in [(3, 8, 8, 1, 1), (3, 8, 12, 4, 2), (5, 12, 16, 4, 2), (5, 16, 16, 4, 1)]]
    return module("efficientnet").EfficientNet(0.25, 1.0, SMALL, blocks_args=blocks, **plain(**head))


def efficientnetv2(head):
    blocks = [dict(kernel_size=3, num_repeat=1, input_filters=i, output_filters=o, expand_ratio=e, se_ratio=r, strides=s, conv_type=c)
              for i, o, e, r, s, c in [(8, 8, 1, 0, 1, 1), (8, 16, 4, 0, 2, 1), (16, 24, 4, 0.25, 2, 0), (24, 24, 4, 0.25, 1, 0)]]
    return module("efficientnet_v2").EfficientNetV2(0.25, 1.0, SMALL, blocks_args=blocks, **plain(**head))


def inception(head):
    with narrowed("inception_v3", 32):
        return module("inception_v3").InceptionV3(**plain(75, **head))


def inception_resnet(head):
    code = module("inception_resnet_v2")
    original = code.conv2d_bn

    def narrow(x, filters, *args, **options):
        # A block's way up has as many channels as the block itself.
        return original(x, filters if options.get("use_bias") else -(-filters // 32), *args, **options)

    # Two blocks of each kind; the widths are the code's own constants.
    code.conv2d_bn, code.range = narrow, lambda first, end: range(first, min(end, first + 2))
    try:
        return code.InceptionResNetV2(**plain(75, **head))
    finally:
        code.conv2d_bn = original
        del code.range


def mobilenet(head):
    return module("mobilenet").MobileNet(alpha=0.25, **plain(**head))


def mobilenetv2(head):
    with narrowed("mobilenet_v2", 1, last=(1280, 64)):
        return module("mobilenet_v2").MobileNetV2(alpha=0.25, **plain(**head))


def mobilenetv3(head):
    with narrowed("mobilenet_v3", 1, last=(1024, 64)):
        return module("mobilenet_v3").MobileNetV3Small(alpha=0.1, **plain(**head))


def mobilenetv3_minimal(head):
    with narrowed("mobilenet_v3", 1, last=(1024, 64)):
        return module("mobilenet_v3").MobileNetV3Small(alpha=0.1, minimalistic=True, **plain(**head))


def nasnet(head):
    return module("nasnet").NASNet(penultimate_filters=96, num_blocks=1, stem_block_filters=8, **plain(**head))


def regnetx(head):
    return module("regnet").RegNet([1, 1, 2, 1], [8, 16, 24, 32], 8, "X", SMALL, **plain(**head))


def regnety(head):
    return module("regnet").RegNet([1, 1, 2, 1], [8, 16, 24, 32], 8, "Y", SMALL, **plain(**head))


def resnet(head):
    stack = module("resnet").stack_residual_blocks_v1 if IS_KERAS_3 else module("resnet").stack1
    stacks = lambda x: stack(stack(x, 4, 2, stride1=1, name="conv2"), 8, 2, name="conv3")
    with narrowed("resnet", 1, last=(64, 16)):
        return module("resnet").ResNet(stacks, False, True, **plain(**head))


def resnetv2(head):
    stack = module("resnet").stack_residual_blocks_v2 if IS_KERAS_3 else module("resnet").stack2
    stacks = lambda x: stack(stack(x, 4, 2, name="conv2"), 8, 2, stride1=1, name="conv3")
    with narrowed("resnet", 1, last=(64, 16)):
        return module("resnet").ResNet(stacks, True, True, **plain(**head))


def resnet_rs(head):
    blocks = [dict(input_filters=4, num_repeats=2), dict(input_filters=8, num_repeats=2)]
    with narrowed("resnet_rs", 1, last=(64, 16)):
        return module("resnet_rs").ResNetRS(50, block_args=blocks, **plain(**head))


def vgg(head):
    with narrowed("vgg16", 32):
        return module("vgg16").VGG16(**plain(**head))


def xception(head):
    with narrowed("xception", 32):
        return module("xception").Xception(**plain(71, **head))


@contextmanager
def narrowed(name, divisor, last=(0, 0)):
    """Convolutions and dense layers of the module with fewer filters; `last` replaces one number by another."""
    code, layers = module(name), keras.layers

    class Narrow:
        def __getattr__(self, kind):
            return getattr(layers, kind)

    def fewer(kind):
        def layer(filters, *args, **options):
            filters = last[1] if filters == last[0] else filters
            kept = filters == CLASSES or divisor == 1
            return getattr(layers, kind)(filters if kept else -(-filters // divisor), *args, **options)

        return layer

    for kind in ("Conv2D", "SeparableConv2D", "Dense"):
        setattr(Narrow, kind, staticmethod(fewer(kind)))
    # Keras 2 makes its module of layers anew for each network of some families.
    places = [place for place in ("layers", "VersionAwareLayers") if hasattr(code, place)]
    originals = [getattr(code, place) for place in places]
    code.layers, code.VersionAwareLayers = Narrow(), Narrow
    try:
        yield
    finally:
        for place, original in zip(places, originals):
            setattr(code, place, original)


FAMILIES = dict(convnext=convnext, densenet=densenet, efficientnet=efficientnet, efficientnetv2=efficientnetv2,
                inception=inception, inception_resnet=inception_resnet, mobilenet=mobilenet, mobilenetv2=mobilenetv2,
                mobilenetv3=mobilenetv3, mobilenetv3_minimal=mobilenetv3_minimal, nasnet=nasnet, resnet=resnet,
                resnetv2=resnetv2, vgg=vgg, xception=xception)
if not IS_KERAS_3:
    FAMILIES.update(regnetx=regnetx, regnety=regnety, resnet_rs=resnet_rs)


def main(folder, *names):
    for name in names or FAMILIES:
        try:
            write_application(f"{folder}/{name}", FAMILIES[name])
        except Exception as error:
            print("FAILED", name, type(error).__name__, str(error)[:300], flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
