import { describe, test } from 'vitest';
import { loadModel } from '../../src/network/loadModel.ts';
import { packedModels, packedReference, sourceOf } from '../support/archive.ts';
import { expectReference, onePerFile } from '../support/kerasModels.ts';

// Transfer learning, nested and shared models, several inputs and outputs, segmentation, lists that HDF5 splits …, by
// Keras 2.13 to 2.15, 3.0 to 3.15 and tf_keras 2.21; values by TensorFlow in float64.
const models = onePerFile((await packedModels('special.zip')).filter(({ file }) => !file.startsWith('graph/')));

describe('models as people build them', () => {
  test.each(models)('$name $file: outputs and gradients are TensorFlow’s', async (packed) => {
    await expectReference(await loadModel(await sourceOf(packed)), await packedReference(packed));
  });
});
