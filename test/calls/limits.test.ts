import { expect, test } from 'vitest';
import * as a from '../../src/attribution/index.ts';
import * as d from '../../src/dissection/index.ts';
import { syntheticPatterns } from '../../src/graph/index.ts';
import * as image from '../../src/image/index.ts';
import * as m from '../../src/metrics/index.ts';
import { contactSheet, heatmap } from '../../src/render/index.ts';
import { brodenFiles } from '../support/brodenFiles.ts';
import { countingArrays } from '../support/countingArrays.ts';
import { smallNetwork } from '../support/smallNetwork.ts';

const map = { shape: [1, 8, 8], data: new Float32Array(64) };
const x = { shape: [1, 8, 8, 3], data: Float32Array.from({ length: 192 }, (_, i) => i % 5) };
const labels = { shape: [8, 8], data: Int32Array.from({ length: 64 }, (_, i) => i % 4) };
const small = image.picture(4, 4);

async function refusal(call: () => unknown): Promise<string> {
  const { result, total } = await countingArrays(async () => {
    try {
      await call();
      return 'accepted';
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  });
  expect(total).toBeLessThan(1e6);
  return result;
}

const room = (argument: string): string =>
  `VitrineError: "${argument}" expected to need no array of more than 536870912 numbers, got `;

const arrays: readonly (readonly [argument: string, call: () => unknown])[] = [
  ['size', () => image.resize(map, 1e8)],
  ['size', () => image.resize(map, [1, 1e9])],
  ['size', () => image.resize(map, 23171)],
  ['size', () => image.resize(small, 1e8)],
  // What lies in between is larger than both.
  ['size', () => image.resize({ shape: [1e5, 1], data: new Float32Array(1e5) }, [1, 1e5])],
  ['size', () => image.toInput(small, { size: 1e8, range: [0, 1] })],
  ['size', () => heatmap(map, { size: 1e8 })],
  ['picture', () => image.picture(1e5, 1e5)],
  ['cellWidth', () => contactSheet([{ picture: small }], { cellWidth: 1e5 })],
  ['imageCount', () => syntheticPatterns({ imageCount: 1e9 })],
  ['imageCount', () => syntheticPatterns({ layers: [{ name: 'top', positions: 100, unitCount: 1e6 }] })],
  ['count', () => d.syntheticConcepts({ count: 1e9 })],
  ['count', () => d.syntheticConcepts({ size: 1e5 })],
  ['count', () => d.randomDirections({ count: 1e9, unitCount: 8 })],
  ['units', () => d.thresholdHistogram({ units: 1e9 })],
  ['units', () => d.thresholdAccumulator({ units: 1e9, positions: 1e9 })],
  [
    'size',
    () =>
      d.brodenDataset(async (name) => brodenFiles().get(name) as Uint8Array, { input: { size: 1e9, range: [0, 1] } }),
  ],
];

test.each(arrays)('an array that is too large is refused before any work: "%s", %s', async (argument, call) => {
  expect(await refusal(call)).toContain(room(argument));
});

const run = { target: 0, baseline: 0 } as const;
const divided = { ...run, segments: labels } as const;
const attribution = map;

const counts: Readonly<Record<string, (model: ReturnType<typeof smallNetwork>, many: number) => unknown>> = {
  'integratedGradients steps': (model, steps) => a.integratedGradients(model, x, { ...run, steps }),
  'guidedIntegratedGradients steps': (model, steps) => a.guidedIntegratedGradients(model, x, { ...run, steps }),
  'conductance steps': (model, steps) => a.conductance(model, x, { ...run, steps, layer: 'conv' }),
  'expectedGradients samples': (model, samples) => a.expectedGradients(model, x, { target: 0, samples, background: x }),
  'noiseTunnel samples': (model, samples) => a.noiseTunnel(a.gradient, { samples })(model, x, { target: 0 }),
  'rise samples': (model, samples) => a.rise(model, x, { ...run, samples }),
  'lime samples': (model, samples) => a.lime(model, x, { ...divided, samples }),
  'kernelShap samples': (model, samples) => a.kernelShap(model, x, { ...divided, samples }),
  'shapleySampling samples': (model, samples) => a.shapleySampling(model, x, { ...divided, samples }),
  'partitionShap evaluations': (model, evaluations) => a.partitionShap(model, x, { target: 0, evaluations }),
  'sobolAttribution samples': (model, samples) => a.sobolAttribution(model, x, { target: 0, samples }),
  'hsicAttribution samples': (model, samples) => a.hsicAttribution(model, x, { target: 0, samples }),
  'meaningfulPerturbation steps': (model, steps) => a.meaningfulPerturbation(model, x, { target: 0, steps }),
  'extremalPerturbation steps': (model, steps) => a.extremalPerturbation(model, x, { target: 0, steps }),
  'sensitivityN samples': (model, samples) =>
    m.sensitivityN(model, x, { target: 0, attribution, baseline: 0, sizes: [3], samples }),
  'infidelity samples': (model, samples) => m.infidelity(model, x, { target: 0, attribution, samples }),
  'muFidelity samples': (model, samples) => m.muFidelity(model, x, { target: 0, attribution, baseline: 0, samples }),
  'averageSensitivity samples': (model, samples) =>
    m.averageSensitivity(model, x, { target: 0, explainer: a.gradient, samples }),
};

test.each(Object.entries(counts))('a million is the most of %s', async (name, call) => {
  const model = smallNetwork();
  const option = name.split(' ')[1] as string;
  const message = await refusal(() => call(model, 2 ** 20 + 1)).finally(() => model.dispose());
  expect(message).toMatch(
    new RegExp(`^VitrineError: "${option}" expected an integer in \\d\\.\\.1048576, got 1048577$`),
  );
});

test.each<[argument: string, call: (model: ReturnType<typeof smallNetwork>) => unknown]>([
  ['sigma', () => image.blur(map, 2 ** 20 + 1)],
  ['segments.sigma', () => image.segment(map, { felzenszwalb: 1, sigma: 1e9 })],
  ['maxSigma', (model) => a.blurIntegratedGradients(model, x, { target: 0, maxSigma: 1e9 })],
  ['dilation', (model) => a.xrai(model, x, { target: 0, base: a.gradient, dilation: 1e9 })],
  ['maskBlur', (model) => a.meaningfulPerturbation(model, x, { target: 0, maskBlur: 1e9 })],
  ['blur', (model) => a.extremalPerturbation(model, x, { target: 0, blur: 1e9 })],
])('a filter wider than a million pixels is refused: "%s"', async (argument, call) => {
  const model = smallNetwork();
  expect(await refusal(() => call(model))).toContain(`"${argument}" expected at most 1048576 pixels, got `);
  model.dispose();
});

test('a Gaussian much wider than the picture gives its mean', () => {
  const ramp = { shape: [4, 6], data: Float32Array.from({ length: 24 }, (_, i) => i) };
  for (const value of image.blur(ramp, 1e4).data) expect(value).toBeCloseTo(11.5, 3);
});

test('a Gaussian a little wider than the picture is that of the picture, mirrored until it is wide enough', () => {
  const row = [3, 1, 4, 1, 5];
  const tiled = Float32Array.from(
    { length: 5 * 21 },
    (_, i) => (Math.floor(i / 5) % 2 ? row[4 - (i % 5)] : row[i % 5]) as number,
  );
  const wide = image.blur({ shape: [1, tiled.length], data: tiled }, 6);
  const own = image.blur({ shape: [1, 5], data: Float32Array.from(row) }, 6);
  own.data.forEach((value, i) => expect(value).toBeCloseTo(wide.data[50 + i] as number, 5));
});
