import { describe, expect, test } from 'vitest';
import { loadModel } from '../../src/network/loadModel.ts';
import { loadNetwork } from '../../src/network/loadNetwork.ts';
import { type PackedModel, packedModels, packedReference, sourceOf } from '../support/archive.ts';
import { expectNetworkReference, expectReference, onePerFile } from '../support/kerasModels.ts';

// Small models of one layer or one operation each, by Keras 2.15, Keras 3.15 and tf_keras 2.21.
const models = onePerFile(await packedModels('probes.zip'));

/** What is refused, and how. */
const refused: Readonly<Record<string, RegExp>> = {
  'keras2/lambda': /layer "lambda" \(Lambda\) is not supported: its function is Python code/,
  'keras3/lambda': /layer "lambda" \(Lambda\) is not supported: its function is Python code/,
  'keras3/adaptive-average-pooling': /\(AdaptiveAveragePooling2D\) is not supported: use a global pooling/,
  'keras3/ops-average-pool': /operation "AveragePool": is not known/,
};
const isGraph = ({ file }: PackedModel): boolean => file.startsWith('graph/');
const isRefused = (packed: PackedModel): boolean => packed.name in refused && !isGraph(packed);

describe('layers and operations', () => {
  test.each(models.filter((packed) => !isGraph(packed) && !isRefused(packed)))(
    '$name $file: outputs and gradients are TensorFlow’s',
    async (packed) => {
      await expectReference(await loadModel(await sourceOf(packed)), await packedReference(packed));
    },
  );

  test.each(models.filter(isRefused))('$name $file is refused by name', async (packed) => {
    await expect(loadModel(await sourceOf(packed))).rejects.toThrow(refused[packed.name] as RegExp);
  });
});

// Each in every format.
const recurrent = onePerFile(await packedModels('recurrent.zip'));

describe('recurrent layers', () => {
  test.each(recurrent)('$name $file: outputs and gradients are TensorFlow’s', async (packed) => {
    await expectReference(await loadModel(await sourceOf(packed)), await packedReference(packed));
  });
});

describe('nodes of GraphModels', () => {
  test.each(models.filter(isGraph))('$name: outputs and gradients are TensorFlow’s', async (packed) => {
    const network = await loadNetwork(await sourceOf(packed));
    try {
      await expectNetworkReference(network, await packedReference(packed));
    } finally {
      network.dispose();
    }
  });
});
