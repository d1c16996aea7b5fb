"""A network that vitrine wrote to a folder, in PyTorch."""

import copy
import json
import math
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval
from zennit.layer import Sum


class Network(nn.Module):
    """Layers that take the outputs of others; forward gives what the last softmax gets."""

    def __init__(self, folder):
        super().__init__()
        self.layers = nn.ModuleDict()
        self.inputs = {}  # of each module, the names of those whose outputs it takes
        values = numpy.fromfile(Path(folder) / "weights.bin", dtype="<f4")
        at = 0
        for layer in json.loads((Path(folder) / "network.json").read_text()):
            if layer["kind"] == "InputLayer":
                continue
            weights = []
            for shape in layer["weights"]:
                size = math.prod(shape)
                weights.append(torch.from_numpy(values[at : at + size].reshape(shape).copy()))
                at += size
            modules = modules_of(layer, weights)
            names = [f"{layer['name']}_{i}" for i in range(len(modules) - 1)] + [layer["name"]]
            takes = [name if name in self.layers else "input" for name in layer["inputs"]]
            for name, module in zip(names, modules):
                self.layers[name] = module
                self.inputs[name] = takes
                takes = [name]
        uses = [name for names in self.inputs.values() for name in names]
        self.last_use = {name: user for user, names in self.inputs.items() for name in names}
        for name, module in self.layers.items():
            if isinstance(module, (nn.ReLU, nn.ReLU6)):
                module.inplace = uses.count(self.inputs[name][0]) == 1
        self.eval().requires_grad_(False)

    def forward(self, x):
        values = {"input": x}
        for name, module in self.layers.items():
            taken = [values[taken] for taken in self.inputs[name]]
            for used in self.inputs[name]:
                if self.last_use[used] == name:
                    values.pop(used, None)
            x = values[name] = module(*taken)
        return x

    def folded(self):
        """A copy whose batch normalisations are in the convolutions before them."""
        network = copy.deepcopy(self)
        for name, module in self.layers.items():
            if isinstance(module, nn.BatchNorm2d):
                before = self.inputs[name][0]
                network.layers[before] = fuse_conv_bn_eval(network.layers[before], module)
                network.layers[name] = nn.Identity()
        return network.requires_grad_(False)

    def for_relevance(self):
        """A folded copy as zennit wants it: sums are layers, and nothing is overwritten."""
        network = self.folded()
        for module in network.layers.values():
            if isinstance(module, Add):
                module.sum = Sum()
            if isinstance(module, (nn.ReLU, nn.ReLU6)):
                module.inplace = False
        return network


class Add(nn.Module):
    sum = None

    def forward(self, a, b):
        return a + b if self.sum is None else self.sum(torch.stack((a, b), -1))


class Flatten(nn.Module):
    """In the order of Keras: channels last."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


def modules_of(layer, weights):
    kind, config = layer["kind"], layer["config"]
    activation = {"relu": [nn.ReLU()]}.get(config.get("activation"), [])
    if kind == "Conv2D":
        kernel = weights[0].permute(3, 2, 0, 1)
        return windowed(layer, convolution(kernel, weights[1:], config, 1)) + activation
    if kind == "DepthwiseConv2D":
        h, w, c, m = weights[0].shape
        kernel = weights[0].permute(2, 3, 0, 1).reshape(c * m, 1, h, w)
        return windowed(layer, convolution(kernel, weights[1:], config, c)) + activation
    if kind == "Dense":
        dense = nn.Linear(*weights[0].shape, bias=len(weights) > 1)
        dense.weight.data = weights[0].T.contiguous()
        if len(weights) > 1:
            dense.bias.data = weights[1]
        return [dense] + activation
    if kind == "BatchNormalization":
        norm = nn.BatchNorm2d(weights[0].shape[0], eps=config["epsilon"])
        norm.weight.data, norm.bias.data, norm.running_mean.data, norm.running_var.data = weights
        return [norm]
    if kind == "MaxPooling2D":
        return windowed(layer, nn.MaxPool2d(config["poolSize"], config["strides"]))
    if kind == "GlobalAveragePooling2D":
        return [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    if kind == "ReLU":
        return [nn.ReLU6() if config.get("maxValue") == 6 else nn.ReLU()]
    simple = {"Add": Add, "Flatten": Flatten, "Dropout": nn.Identity, "Activation": nn.Identity}
    return [simple[kind]()]


def convolution(kernel, bias, config, groups):
    n, c, h, w = kernel.shape
    module = nn.Conv2d(c * groups, n, (h, w), config["strides"], groups=groups, bias=len(bias) > 0)
    module.weight.data = kernel.contiguous()
    if bias:
        module.bias.data = bias[0]
    return module


def windowed(layer, module):
    """The module with the padding of Keras, before it where the two sides differ."""
    if layer["config"]["padding"] == "valid":
        return [module]
    before, after = [], []
    for axis in (0, 1):
        size, window, stride = (pair(of)[axis] for of in (layer["input"], module.kernel_size, module.stride))
        total = max(0, (math.ceil(size / stride) - 1) * stride + window - size)
        before.append(total // 2)
        after.append(total - total // 2)
    if before == after:
        module.padding = tuple(before)
        return [module]
    fill = -math.inf if isinstance(module, nn.MaxPool2d) else 0.0
    return [nn.ConstantPad2d((before[1], after[1], before[0], after[0]), fill), module]


def pair(value):
    return (value, value) if isinstance(value, int) else value
