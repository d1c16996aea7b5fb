import { describe, test } from 'vitest';
import { loadModel } from '../../src/network/loadModel.ts';
import { predict } from '../../src/network/predict.ts';
import { expectClose } from '../support/close.ts';
import { readFixture } from '../support/fixtures.ts';
import { onBackend, readArrays } from '../support/kerasModels.ts';

// Keras 3.15's own files, with its outputs.
const files = ['residual/model.keras', 'residual/model.h5', 'sequential/model.keras', 'sequential/model.h5'];

describe('files of Keras 3', () => {
  test.each(onBackend(files))('%s: the model’s own pass and vitrine’s give what Keras gives', async (path) => {
    const folder = `keras/keras3/${path.split('/')[0]}`;
    const { x0, y } = await readArrays(folder, ['x0', 'y'] as const);
    const model = await loadModel(await readFixture(`keras/keras3/${path}`));
    try {
      const { values } = await predict(model, x0);
      await expectClose(values, y);
    } finally {
      model.dispose();
    }
  });
});
