import { describe, test } from 'vitest';
import { loadModel } from '../../src/network/loadModel.ts';
import { expectReference, jsonSource, onBackend, readReference } from '../support/kerasModels.ts';

// One layer or option each, by the official converter; values by TensorFlow in float64.
const layers = [
  'relu-slope',
  'bn-axis',
  'depthwise-dilated',
  'g2-gap-keepdims',
  'groups',
  'mixed-layers',
  'quant-float16',
  'quant-uint16',
  'quant-uint8',
  'relu-threshold',
  'siamese-dot',
  'timedistributed',
  'upsampling-bilinear',
  'conv3d',
  'g2-bidirectional',
  'g2-bigru',
];

describe('layers of Keras 2 by the converter', () => {
  test.each(onBackend(layers))('%s: outputs and gradients are TensorFlow’s', async (name) => {
    const folder = `keras/layers/${name}`;
    const model = await loadModel(await jsonSource(`${folder}/model.json`));
    // Of quantised weights: what TensorFlow computes with the numbers that the file holds.
    const values = name.startsWith('quant-') ? 'dequantized' : 'ref';
    await expectReference(model, await readReference(`${folder}/${values}.json`));
  });
});
