import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { compile } from '../../src/network/compile.ts';
import type { Network } from '../../src/network/network.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { readJson, readNpy } from '../support/fixtures.ts';
import { expectGolden, type GoldenIndex, runs } from '../support/goldens.ts';
import { fixtureModel } from '../support/models.ts';

for (const name of ['vgg-tiny', 'bn-residual-tiny', 'mobile-tiny', 'inception-tiny']) {
  const folder = `goldens/attribution/${name}/`;
  const { inputs: files, cases } = await readJson<GoldenIndex>(`${folder}index.json`);

  describe(name, () => {
    let model: LayersModel;
    let network: Network;
    const inputs: Record<string, NdArray> = {};

    beforeAll(async () => {
      model = await fixtureModel(name);
      network = compile(model);
      for (const [key, file] of Object.entries(files)) inputs[key] = await readNpy(`${folder}${file}`);
      // What the network keeps, it makes on the first calls; leaks are counted from here.
      for (const golden of cases) await runs[golden.method]?.(network, inputs, golden);
    });
    afterAll(() => {
      network.dispose();
      model.dispose();
    });

    for (const golden of cases.filter(({ method }) => method in runs)) {
      test(`${golden.method}: ${golden.id}`, () => expectGolden(network, inputs, { golden, folder }));
    }
  });
}
