import { describe, expect, test } from 'vitest';
import { gradCam } from '../../../src/attribution/cam/gradCam.ts';
import { gradient } from '../../../src/attribution/gradient/gradient.ts';
import { guidedBackprop } from '../../../src/attribution/gradient/guidedBackprop.ts';
import { integratedGradients } from '../../../src/attribution/path/integratedGradients.ts';
import { occlusion } from '../../../src/attribution/perturbation/hiding/occlusion.ts';
import { deepLift } from '../../../src/attribution/relevance/deepLift/deepLift.ts';
import { excitationBackprop } from '../../../src/attribution/relevance/excitationBackprop.ts';
import { lrp } from '../../../src/attribution/relevance/lrp.ts';
import { loadNetwork } from '../../../src/network/loadNetwork.ts';
import type { Network } from '../../../src/network/network.ts';
import { predict } from '../../../src/network/predict.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import type { Explainer } from '../../../src/scoring/types.ts';
import { packedModels, sourceOf } from '../../support/archive.ts';
import { expectClose } from '../../support/close.ts';
import type { WrittenReference } from '../../support/kerasModels.ts';

// One Keras model by the official converter: layers, and a graph with batch normalisation folded and activations fused.
const archive = await packedModels('graphs.zip');
const float32 = archive.find(({ name }) => name === 'classifier/float32') as (typeof archive)[0];
const { inputs } = await float32.json<WrittenReference>('ref.json');
const x: NdArray = { shape: inputs[0]?.shape ?? [], data: Float32Array.from(inputs[0]?.data ?? []) };

const methods: Readonly<Record<string, Explainer>> = {
  gradient,
  guidedBackprop,
  gradCam,
  'gradCam of a layer': (network, input) => gradCam(network, input, { layer: addressOf(network as Network, 'sum') }),
  occlusion: (network, input) => occlusion(network, input, { window: 5, stride: 3 }),
  lrp,
  'lrp without bias': (network, input) => lrp(network, input, { bias: false }),
  deepLift,
  excitationBackprop,
  integratedGradients: (network, input) => integratedGradients(network, input, { steps: 8 }),
};

describe('a model as layers and as a graph', () => {
  test.each(Object.entries(methods))('%s: the same map', async (_name, explain) => {
    const [expected, found] = await onBoth((network) => explain(network, x));
    await expectClose(found.values, expected.values, { tolerance: 1e-4, floor: 1e-6 });
    await expectClose(vectorOf(found.score), vectorOf(expected.score), { name: 'scores' });
    expect(found.target).toEqual(expected.target);
  });

  test('the same prediction', async () => {
    const [expected, found] = await onBoth((network) => predict(network, x));
    await expectClose(found.values, expected.values);
  });
});

describe('quantised weights', () => {
  // Largest errors of probabilities that rounding the weights to so many bits leads to.
  test.each([
    ['float16', 2e-3],
    ['uint16', 2e-3],
    ['uint8', 0.15],
  ])('%s: the prediction of the unrounded model, nearly', async (dtype, tolerance) => {
    const [expected, found] = await onBoth((network) => predict(network, x), dtype);
    await expectClose(found.values, expected.values, { tolerance });
  });
});

/** What a job gives with the layers, and with the graph. */
async function onBoth<T>(job: (network: Network) => Promise<T>, dtype = 'float32'): Promise<[T, T]> {
  const layers = await opened('classifier/float32', 'layers/model.json');
  const graph = await opened(`classifier/${dtype}`, 'graph/model.json');
  try {
    return [await job(layers), await job(graph)];
  } finally {
    layers.dispose();
    graph.dispose();
  }
}

async function opened(name: string, file: string): Promise<Network> {
  const packed = archive.find((model) => model.name === name && model.file === file) as (typeof archive)[0];
  return loadNetwork(await sourceOf(packed));
}

/** The address of a layer of the model, which is part of those of its nodes. */
function addressOf({ graph: { sites } }: Network, layer: string): string {
  return [...sites.keys()].find((address) => address === layer || address.includes(`/${layer}/`)) as string;
}

function vectorOf(data: Float32Array): NdArray {
  return { shape: [data.length], data };
}
