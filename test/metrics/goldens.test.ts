import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compile } from '../../src/network/compile.ts';
import type { Network } from '../../src/network/network.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { thorough } from '../support/backend.ts';
import { readJson, readNpy } from '../support/fixtures.ts';
import { expectMetricGolden, type MetricGoldens, metricRuns } from '../support/metricGoldens.ts';
import { fixtureModel } from '../support/models.ts';

const folder = 'goldens/metrics/vgg-tiny/';
const { inputs: files, target, cases } = await readJson<MetricGoldens>(`${folder}index.json`);

/** One of each family, where a pass takes seconds. */
const representatives = [
  'deletion',
  'region-perturbation-morf',
  'infidelity',
  'max-sensitivity-gradient-x-input',
  'mu-fidelity',
  'irof',
  'road-morf',
  'confidence-drop',
];

let model: LayersModel;
let network: Network;
const inputs: Record<string, NdArray> = {};

beforeAll(async () => {
  model = await fixtureModel('vgg-tiny');
  network = compile(model);
  for (const [key, file] of Object.entries(files)) inputs[key] = await readNpy(`${folder}${file}`);
  // What the network keeps from its first gradient on is no leak of a test.
  await (metricRuns['max-sensitivity'] as (typeof metricRuns)[string])(
    { model: network, inputs, target: target.classes },
    { id: '', metric: '', params: { method: 'gradient' }, rtol: 0 },
  );
});
afterAll(() => {
  network.dispose();
  model.dispose();
});

test('every reference metric is known here', () => {
  expect(cases.filter(({ metric }) => !(metric in metricRuns))).toEqual([]);
});

for (const golden of cases.filter(({ id }) => thorough || representatives.includes(id))) {
  test(`${golden.metric}: ${golden.id}`, () =>
    expectMetricGolden({ model: network, inputs, target: target.classes }, golden, folder));
}
