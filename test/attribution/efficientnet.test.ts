import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, inject, test } from 'vitest';
import { decodeImage } from '../../src/image/files/decodeImage.ts';
import { toInput } from '../../src/image/toInput.ts';
import { loadModel } from '../../src/network/loadModel.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { backend } from '../support/backend.ts';
import { readFixture, readJson } from '../support/fixtures.ts';
import { expectGolden, type GoldenIndex, runs } from '../support/goldens.ts';

const folder = 'goldens/attribution/efficientnet-lite0/';
const examples = '../../examples/';
const { cases } = await readJson<GoldenIndex>(`${folder}index.json`);
const everything = backend === 'wasm' || inject('everything');
const run = cases.filter(({ method, id }) => method in runs && (everything || id === 'chelsea-gradcam'));

describe(`EfficientNet-Lite0 (${everything ? 'all cases' : 'one case; wasm, where a pass takes no seconds, and "npm run test:everything" run all'})`, () => {
  let model: LayersModel;

  beforeAll(async () => {
    const files = `${examples}models/efficientnet-lite0/`;
    const read = (path: string): Promise<Uint8Array> => readFixture(`${files}${path}`);
    model = await loadModel({ json: await read('model.json'), read });
  });
  afterAll(() => model.dispose());

  for (const golden of run) {
    test(`${golden.method}: ${golden.id}`, { timeout: inject('everything') ? 3_600_000 : 120_000 }, async () => {
      const inputs = await inputsOf(golden.image as string);
      await expectGolden(model, inputs, { golden, folder });
    });
  }
});

async function inputsOf(image: string): Promise<Record<string, NdArray>> {
  const x = toInput(await decodeImage(await readFixture(`${examples}images/${image}.png`)), { mean: 127, std: 128 });
  return { x, zeros: { shape: x.shape, data: new Float32Array(x.data.length) } };
}
