"""Puts empty packages in the place of those that tensorflowjs imports and a conversion of Keras models does not use.

`python stubs.py`, run by the interpreter of the environment of Keras 2.
"""

import pathlib
import sysconfig

STUBS = {
    "tensorflow_decision_forests/__init__.py": "",
    "flax/__init__.py": "",
    "jax/__init__.py": "",
    "jax/experimental/__init__.py": "",
    "jax/experimental/jax2tf.py": "def convert(*args, **options):\n    raise NotImplementedError\n",
}

for name, code in STUBS.items():
    path = pathlib.Path(sysconfig.get_paths()["purelib"]) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code)
