import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { thorough } from '../support/backend.ts';
import { readJson, readNpy } from '../support/fixtures.ts';
import { expectGolden, type GoldenIndex, ofBinaryModel, runs } from '../support/goldens.ts';
import { fixtureModel } from '../support/models.ts';

/** The network that stands for all where a pass takes seconds, by method; other methods run on each. */
const represented: Readonly<Record<string, string>> = {
  'deeplift-rescale': 'bn-residual-tiny',
  'deeplift-shap': 'vgg-tiny',
  lrp: 'inception-tiny',
  'excitation-backprop': 'mobile-tiny',
  'score-cam': 'inception-tiny',
  'ablation-cam': 'bn-residual-tiny',
  occlusion: 'mobile-tiny',
  'feature-ablation': 'bn-residual-tiny',
  shapley: 'vgg-tiny',
  'internal-influence': 'inception-tiny',
  'layer-conductance': 'bn-residual-tiny',
  'neuron-conductance': 'mobile-tiny',
};

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

    test('every reference method is known here', () => {
      expect(cases.filter(({ method }) => !(method in runs))).toEqual([]);
    });

    const known = cases.filter(
      ({ method }) => method in runs && (thorough || !(method in represented) || represented[method] === name),
    );
    for (const golden of name === 'inception-tiny' ? known.map(ofBinaryModel) : known) {
      test(`${golden.method}: ${golden.id}`, () => expectGolden(model, inputs, { golden, folder }));
    }
  });
}
