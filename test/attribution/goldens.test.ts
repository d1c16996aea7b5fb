import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { readJson, readNpy } from '../support/fixtures.ts';
import { expectGolden, type GoldenIndex, ofBinaryModel, runs } from '../support/goldens.ts';
import { fixtureModel } from '../support/models.ts';

for (const name of ['vgg-tiny', 'bn-residual-tiny', 'mobile-tiny', 'inception-tiny']) {
  const folder = `goldens/attribution/${name}/`;
  const { inputs: files, cases } = await readJson<GoldenIndex>(`${folder}index.json`);

  describe(name, () => {
    let model: LayersModel;
    const inputs: Record<string, NdArray> = {};

    beforeAll(async () => {
      model = await fixtureModel(name);
      for (const [key, file] of Object.entries(files)) inputs[key] = await readNpy(`${folder}${file}`);
    });
    afterAll(() => model.dispose());

    const known = cases.filter(({ method }) => method in runs);
    for (const golden of name === 'inception-tiny' ? known.map(ofBinaryModel) : known) {
      test(`${golden.method}: ${golden.id}`, () => expectGolden(model, inputs, { golden, folder }));
    }
  });
}
