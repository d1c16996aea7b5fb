import { describe, test } from 'vitest';
import { loadNetwork } from '../../src/network/loadNetwork.ts';
import { predict } from '../../src/network/predict.ts';
import { expectClose } from '../support/close.ts';
import { jsonSource, readArrays } from '../support/kerasModels.ts';

describe('GraphModels of the converter', () => {
  test('resnet: outputs are TensorFlow’s', async () => {
    const folder = 'keras/graphs/resnet';
    const { x, y } = await readArrays(folder, ['x', 'y'] as const);
    const network = await loadNetwork(await jsonSource(`${folder}/model.json`));
    try {
      const { values } = await predict(network, x);
      await expectClose(values, y);
    } finally {
      network.dispose();
    }
  });
});
