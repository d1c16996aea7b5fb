"""Times PyTorch, Captum and zennit: reads a request in each line of JSON, and answers in one."""

import copy
import json
import sys
import time
import warnings
from pathlib import Path

import numpy
import torch
from captum.attr import IntegratedGradients, Occlusion
from network import Network
from zennit.attribution import Gradient
from zennit.composites import EpsilonPlus

STEPS = 50
SHORT = ("forward", "gradient map")
INSTRUCTIONS = "".join(sys.argv[1:])  # to which PyTorch was held by the variables that it reads; "" if to none
BATCH = 8  # of Captum: more takes longer an image, fewer no less


def open_network(folder):
    """The jobs of a network by contestant, and its probabilities; writes it for ONNX besides."""
    torch.set_num_threads(1)
    network = Network(folder)
    side = numpy.fromfile(Path(folder) / "input.bin", dtype="<f4").reshape(1, 224, 224, 3)
    x = torch.from_numpy(side).permute(0, 3, 1, 2).contiguous()
    with torch.inference_mode():
        output = network(x).softmax(1)
    whole = torch.nn.Sequential(network, torch.nn.Softmax(1)).eval()
    torch.onnx.export(whole, (x,), str(Path(folder) / "network.onnx"), dynamo=False)
    rows = as_rows(network)
    layouts = {"NCHW": jobs(network, x), "channels_last": jobs(rows, as_rows(x))}
    folded = jobs(as_rows(network.folded()), as_rows(x))
    if INSTRUCTIONS:
        short = {name: of(all_jobs, *SHORT, "LRP ε⁺") for name, all_jobs in layouts.items()}
        contestants = {f"PyTorch {INSTRUCTIONS}, {name}": (1, all_jobs) for name, all_jobs in short.items()}
    else:
        contestants = {f"PyTorch, {name}": (1, all_jobs) for name, all_jobs in layouts.items()}
        contestants["PyTorch, channels_last, folded"] = (1, of(folded, *SHORT))
        for name, all_jobs in layouts.items():
            contestants[f"PyTorch, {name}, 2 threads"] = (2, of(all_jobs, *SHORT))
    return contestants, output.flatten().tolist()


def of(all_jobs, *names):
    return {name: all_jobs[name] for name in names}


def as_rows(value):
    return copy.deepcopy(value).to(memory_format=torch.channels_last)


def jobs(network, x):
    with torch.inference_mode():
        top = int(network(x).argmax())

    def forward():
        with torch.inference_mode():
            network(x)

    def gradient():
        at = x.detach().requires_grad_()
        torch.autograd.grad(network(at)[0, top], at)

    relevant = network.for_relevance()
    wanted = torch.nn.functional.one_hot(torch.tensor([top]), 1000).to(torch.float32)
    attributor = Gradient(model=relevant, composite=EpsilonPlus())
    attributor.__enter__()  # its hooks stay

    occlusion = Occlusion(network)
    paths = IntegratedGradients(network)
    window = {"strides": (3, 16, 16), "sliding_window_shapes": (3, 32, 32)}
    return {
        "forward": forward,
        "gradient map": gradient,
        "LRP ε⁺": lambda: attributor(x.detach(), wanted),
        "occlusion": lambda: occlusion.attribute(x, target=top, perturbations_per_eval=BATCH, **window),
        "integrated gradients": lambda: paths.attribute(x, target=top, n_steps=STEPS, internal_batch_size=BATCH),
    }


def times(job, seconds):
    taken = []
    end = time.perf_counter() + seconds
    while True:
        start = time.perf_counter()
        job()
        now = time.perf_counter()
        taken.append((now - start) * 1000)
        if now >= end:
            return taken


warnings.simplefilter("ignore")  # of the older export to ONNX, which needs no further package
contestants = {}
for line in sys.stdin:
    request = json.loads(line)
    if "folder" in request:
        contestants, output = open_network(request["folder"])
        jobs_of = {name: list(all_jobs) for name, (_, all_jobs) in contestants.items()}
        reply = {"output": output, "jobs": jobs_of}
    else:
        threads, all_jobs = contestants[request["contestant"]]
        torch.set_num_threads(threads)
        reply = {"milliseconds": times(all_jobs[request["job"]], request["seconds"])}
    print(json.dumps(reply), flush=True)
