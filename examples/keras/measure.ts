import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { compile, gradCam, gradient, lrp, type NdArray, type Network, occlusion, predict } from 'vitrine';
import { readModel, readNetwork } from 'vitrine/node';
import { type Difference, difference, readArray } from './arrays.ts';

/** What TensorFlow tells of a network. */
export interface Reference {
  readonly target: number;
  readonly cam_layer: string;
}

/** What was found of one file; a text is the message of a failure. */
export interface Findings {
  readonly seconds: number;
  readonly logits: Difference | string;
  readonly gradient: Difference | string;
  readonly cam: Difference | string;
  /** The sum of the relevance over the score. */
  readonly lrp: number | string;
  /** The largest difference of a window's value from two whole passes, relative to the largest value. */
  readonly occlusion: number | string;
  /** Times in units of the model's own `predict`, taken once a network: the file makes no difference. */
  readonly times?: Readonly<Partial<Record<'forward' | 'gradient' | 'lrp', number>>>;
}

const ROUNDS = 3;

/** Opens a file, compares what vitrine finds with TensorFlow's values in its folder, and takes the times. */
export async function measureFile(folder: string, file: string, reference: Reference): Promise<Findings> {
  const started = performance.now();
  const x = await readArray(`${folder}/x.npy`);
  const path = `${folder}/${file}`;
  const model = file.startsWith('graph/') ? undefined : await readModel(path);
  const network = model ? compile(model) : await readNetwork(path);
  try {
    const { target } = reference;
    // The converter moves operations about under their names: of a GraphModel it is the layer that is found by itself.
    const layer = model && { layer: reference.cam_layer };
    const compared = (name: string, find: () => Promise<{ values: NdArray }>): Promise<Difference | string> =>
      attempt(async () => difference((await find()).values, await readArray(`${folder}/${name}.npy`)));
    return {
      logits: await compared('logits', () => predict(network, x, { scale: 'logit' })),
      gradient: await compared('gradient', () => gradient(network, x, { target })),
      cam: await compared('cam', () => gradCam(network, x, { target, ...layer, rectify: false, size: 'layer' })),
      lrp: await attempt(() => relevanceSum(network, x, target)),
      occlusion: await attempt(() => occlusionError(network, x, target)),
      ...(model && file === 'model.keras' && { times: await timesOf(model, network, x) }),
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    network.dispose();
    model?.dispose();
  }
}

/** Opens a file and compares the logits only. */
export async function measureLogits(folder: string, file: string): Promise<Difference> {
  const model = await readModel(`${folder}/${file}`);
  try {
    const { values } = await predict(model, await readArray(`${folder}/x.npy`), { scale: 'logit' });
    return difference(values, await readArray(`${folder}/logits.npy`));
  } finally {
    model.dispose();
  }
}

async function attempt<T>(find: () => Promise<T>): Promise<T | string> {
  return find().catch((error: Error) => error.message);
}

async function relevanceSum(network: Network, x: NdArray, target: number): Promise<number> {
  const { values, score } = await lrp(network, x, { target });
  return values.data.reduce((sum, value) => sum + value, 0) / (score[0] as number);
}

/** Four windows, each against a pass of the picture with the window covered. */
async function occlusionError(network: Network, x: NdArray, target: number): Promise<number> {
  const [, height, width] = x.shape as [number, number, number, number];
  const window = [Math.ceil(height / 2), Math.ceil(width / 2)] as const;
  const { values, score } = await occlusion(network, x, { target, window, baseline: 'zero' });
  let [worst, largest] = [0, 0];
  for (const [row, column] of [0, 1].flatMap((i) => [[i, 0] as const, [i, 1] as const])) {
    const corner = [row * window[0], column * window[1]] as const;
    const covered = await predict(network, withoutWindow(x, corner, window), { scale: 'logit' });
    const drop = (score[0] as number) - (covered.values.data[target] as number);
    const found = values.data[(corner[0] * width + corner[1]) * (x.shape[3] as number)] as number;
    worst = Math.max(worst, Math.abs(found - drop));
    largest = Math.max(largest, Math.abs(drop));
  }
  return worst / largest;
}

function withoutWindow(x: NdArray, corner: readonly [number, number], window: readonly [number, number]): NdArray {
  const [, height, width, channels] = x.shape as [number, number, number, number];
  const data = x.data.slice();
  for (let row = corner[0]; row < Math.min(corner[0] + window[0], height); row++) {
    const end = Math.min(corner[1] + window[1], width);
    data.fill(0, (row * width + corner[1]) * channels, (row * width + end) * channels);
  }
  return { shape: x.shape, data };
}

async function timesOf(model: LayersModel, network: Network, x: NdArray): Promise<NonNullable<Findings['times']>> {
  const input = tf.tensor(x.data, [...x.shape]);
  const stock = await medianTime(() => stockPass(model, input)).finally(() => input.dispose());
  const jobs = { forward: () => predict(network, x), gradient: () => gradient(network, x), lrp: () => lrp(network, x) };
  const measured: [string, number][] = [];
  for (const [name, run] of Object.entries(jobs)) {
    const time = await attempt(() => medianTime(run));
    if (typeof time === 'number') measured.push([name, time / stock]);
  }
  return Object.fromEntries(measured);
}

async function stockPass(model: LayersModel, x: tf.Tensor): Promise<void> {
  const output = model.predict(x) as tf.Tensor;
  await output.data();
  output.dispose();
}

async function medianTime(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[ROUNDS >> 1] as number;
}
