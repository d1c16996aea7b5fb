import { describe, test } from 'vitest';
import { gradCam } from '../../src/attribution/cam/gradCam.ts';
import { gradient } from '../../src/attribution/gradient/gradient.ts';
import { activations } from '../../src/network/activations.ts';
import { compile } from '../../src/network/compile.ts';
import { loadModel } from '../../src/network/loadModel.ts';
import { loadNetwork } from '../../src/network/loadNetwork.ts';
import type { Network } from '../../src/network/network.ts';
import { predict } from '../../src/network/predict.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { packedModels, sourceOf } from '../support/archive.ts';
import { expectClose } from '../support/close.ts';
import { readJson } from '../support/fixtures.ts';
import { type ApplicationInfo, jsonSource, onBackend, onePerFile, readArrays } from '../support/kerasModels.ts';

type Values = Readonly<Record<'x' | 'logits' | 'gradient' | 'cam', NdArray>>;

// By the official converter from Keras 2.15, reduced to 48 pixels, with random weights; values by TensorFlow in float64.
const families = ['efficientnet', 'convnext', 'densenet', 'mobilenet', 'mobilenetv3', 'regnetx', 'resnet', 'vgg'];
const tested = onBackend(families);

describe(`keras.applications (${tested.length} of ${families.length} families; all on cpu and wasm)`, {
  timeout: 120_000,
}, () => {
  test.each(tested)('%s: logits, a layer, the gradient and Grad-CAM are TensorFlow’s', async (name) => {
    const folder = `keras/applications/${name}`;
    const { act_layers, ...info } = await readJson<ApplicationInfo>(`${folder}/info.json`);
    const { act1, ...values } = await readArrays(folder, ['x', 'logits', 'act1', 'gradient', 'cam'] as const);
    const model = await loadModel(await jsonSource(`${folder}/model.json`));
    const network = compile(model);
    try {
      await expectValues(network, { ...values, ...info, layer: info.cam_layer });
      const [, tap] = act_layers as [string, string];
      const { [tap]: found } = await activations(network, values.x, [tap]);
      await expectClose(first(found as NdArray), act1, { name: tap });
    } finally {
      network.dispose();
      model.dispose();
    }
  });
});

// Other families, files of Keras itself and GraphModels, made in the same way.
const files = onePerFile(await packedModels('applications.zip'));

describe('keras.applications in files of Keras 2, Keras 3 and tf_keras, and as GraphModels', {
  timeout: 120_000,
}, () => {
  test.each(files)('$name $file: logits, the gradient and Grad-CAM are TensorFlow’s', async (packed) => {
    const { cam_layer, target, x } = await packed.json<ApplicationInfo & { x: string }>('info.json');
    const values = {
      x: await packed.array(x),
      logits: await packed.array('logits.npy'),
      gradient: await packed.array('gradient.npy'),
      cam: await packed.array('cam.npy'),
    };
    const network = await loadNetwork(await sourceOf(packed));
    try {
      const layer = packed.file.startsWith('graph/') ? nodeOf(network, cam_layer) : cam_layer;
      await expectValues(network, { ...values, target, layer });
    } finally {
      network.dispose();
    }
  });
});

async function expectValues(network: Network, expected: Values & { target: number; layer: string }): Promise<void> {
  const { x, target, layer } = expected;
  const { values: logits } = await predict(network, x, { scale: 'logit' });
  await expectClose(logits, expected.logits, { name: 'logits' });
  const { values: slope } = await gradient(network, x, { target });
  await expectClose(slope, expected.gradient, { name: 'gradient', tolerance: 1e-4, floor: 0 });
  const { values: map } = await gradCam(network, x, { target, layer, rectify: false, size: 'layer' });
  await expectClose(map, expected.cam, { name: 'Grad-CAM', tolerance: 1e-4, floor: 0 });
}

/** A GraphModel's nodes are named after the layers, which Keras 3 numbers there, and end in the operation. */
function nodeOf({ graph }: Network, layer: string): string {
  const parts = [layer, `${layer}_1`];
  const nodes = [...graph.sites.keys()].filter((name) => name.split('/').some((part) => parts.includes(part)));
  return nodes.at(-1) ?? layer;
}

/** The first example of a batch. */
function first({ shape: [, ...shape], data }: NdArray): NdArray {
  return {
    shape: [1, ...shape],
    data: data.subarray(
      0,
      shape.reduce((size, side) => size * side, 1),
    ),
  };
}
