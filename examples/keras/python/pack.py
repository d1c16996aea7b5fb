"""Packs a selection of what the other scripts wrote into the archives of `test/fixtures/keras`: `python pack.py FROM TO`.

FROM has `<tool>/<set>/<model>` folders. Each model goes in with one format, the formats taking turns; inputs that several
models share are kept once.
"""

import io
import json
import pathlib
import sys
import zipfile

import numpy as np

FORMATS = dict(h5="model.h5", keras="model.keras", layers="layers/model.json", graph="graph/model.json")
TURNS = ["keras", "h5", "layers"]
# Of these, every second model as GraphModel too.
GRAPHS = "keras2"
# These probes go in with every format.
RECURRENT = "rnn-"
# What only one format shows: lists that HDF5 splits.
ONLY = {"many-layers": ["h5"]}
APPLICATIONS = {
    "keras2": dict(regnety="keras", resnet_rs="h5", mobilenetv3="h5", resnet="graph", efficientnetv2="graph"),
    "keras3": dict(efficientnetv2="keras", resnetv2="h5", convnext="keras", nasnet="keras", inception_resnet="h5",
                   inception="graph", xception="keras"),
    "tf_keras": dict(regnetx="layers"),
}


def pack_probes(source, out):
    with archive(out / "probes.zip") as files:
        for tool in ("keras2", "keras3", "tf_keras"):
            add_models(files, source / tool / "probes", tool)


def pack_recurrent(source, out):
    with archive(out / "recurrent.zip") as files:
        for tool in ("keras2", "keras3"):
            for model in sorted((source / tool / "probes").glob(f"{RECURRENT}*")):
                for form in [form for form in TURNS if (model / FORMATS[form]).exists()]:
                    add_format(files, model, f"{tool}/{model.name}", form)
                add_reference(files, model, f"{tool}/{model.name}")


def pack_special(source, out):
    with archive(out / "special.zip") as files:
        for tool in sorted(path.name for path in source.iterdir() if (path / "special").is_dir()):
            add_models(files, source / tool / "special", tool)


def pack_applications(source, out):
    with archive(out / "applications.zip") as files:
        for tool, models in APPLICATIONS.items():
            for name, form in models.items():
                folder = source / tool / "applications" / name
                add_format(files, folder, f"{tool}/{name}", form)
                x = kept_once(files, first_example(folder / "x.npy"), "npy")
                info = dict(x=x, **json.loads((folder / "info.json").read_text()))
                files.writestr(f"{tool}/{name}/info.json", json.dumps(info))
                for array in ("logits", "gradient", "cam"):
                    files.writestr(f"{tool}/{name}/{array}.npy", first_example(folder / f"{array}.npy"))


def add_models(files, folder, tool):
    turn = 0
    for model in sorted(folder.iterdir()):
        # Other versions differ in the layout of .keras files.
        turns = ["keras"] if "." in tool else ONLY.get(model.name, TURNS)
        available = [form for form in turns if (model / FORMATS[form]).exists()]
        if not (model / "ref.json").exists() or not available or model.name.startswith(RECURRENT):
            continue
        turn += 1
        add_format(files, model, f"{tool}/{model.name}", available[turn % len(available)])
        if tool == GRAPHS and turn % 2 and (model / FORMATS["graph"]).exists():
            add_format(files, model, f"{tool}/{model.name}", "graph")
        add_reference(files, model, f"{tool}/{model.name}")


def add_format(files, folder, path, form):
    first = folder / FORMATS[form]
    paths = [first] if form in ("h5", "keras") else sorted(first.parent.iterdir())
    for file in paths:
        files.writestr(f"{path}/{file.relative_to(folder)}", file.read_bytes())


def add_reference(files, folder, path):
    reference = json.loads((folder / "ref.json").read_text())
    for gradient in reference["grads"]:  # They are compared to four digits.
        gradient["data"] = [float(f"{value:.6g}") for value in gradient["data"]]
    inputs = kept_once(files, json.dumps(reference.pop("inputs")).encode(), "json")
    files.writestr(f"{path}/ref.json", json.dumps(dict(inputs=inputs, **reference)))


def kept_once(files, content, ending):
    """Writes what several models may share among the inputs, if it is not there yet; its path."""
    inputs = [name for name in files.namelist() if name.startswith("inputs/")]
    for name in inputs:
        if files.read(name) == content:
            return name
    files.writestr(f"inputs/{len(inputs)}.{ending}", content)
    return f"inputs/{len(inputs)}.{ending}"


def first_example(path):
    buffer = io.BytesIO()
    np.save(buffer, np.load(path)[:1])
    return buffer.getvalue()


def archive(path):
    return zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9)


if __name__ == "__main__":
    source, out = map(pathlib.Path, sys.argv[1:])
    pack_probes(source, out)
    pack_recurrent(source, out)
    pack_special(source, out)
    pack_applications(source, out)
