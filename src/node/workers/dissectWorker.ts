import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { workerData } from 'piscina';
import { gather } from '../../dissection/shared.ts';
import { compile } from '../../network/compile.ts';
import type { Network } from '../../network/network.ts';
import { describe as described } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type Dataset, exampleCount } from '../../readings/dataset.ts';
import { faultsOf } from '../../readings/faults.ts';
import { layerReadings } from '../../readings/labelledReadings.ts';
import type { LabelledImage } from '../../readings/labels.ts';
import type { Answer, NetworkFacts, Shard, ShardResult, ShardTask, WorkerData } from './shardTask.ts';

/** What the caller's module exports. */
interface Source {
  model(): LayersModel | Promise<LayersModel>;
  dataset(shard: number, of: number): Dataset<LabelledImage> | Promise<Dataset<LabelledImage>>;
}

const { module, options, leavesOut } = workerData as WorkerData;
// Opened by the first task that needs it: a module that cannot be used is then an answer, and not a dead worker.
const source = once(openSource);
const opened = once(openNetwork);

/** Says what the network is. */
export function describe(): Promise<Answer<NetworkFacts>> {
  return answered(async () => {
    const { model, network } = await opened();
    const { upsampling } = await layerReadings(network, [], options);
    return { upsampling, weights: await hashOf(model) };
  });
}

/** Counts the images of a shard. */
export function count(shard: Shard): Promise<Answer<number>> {
  return answered(async () => exampleCount(await datasetOf(shard), undefined));
}

/** Reads a shard. */
export function read({ stage, imageCount, leftOut, ...shard }: ShardTask): Promise<Answer<ShardResult>> {
  return answered(async () => {
    const { network } = await opened();
    const messages: string[] = [];
    const faults = faultsOf(leavesOut ? ({ message }) => messages.push(message) : undefined, leftOut);
    const readings = await layerReadings(network, await datasetOf(shard), { ...options, imageCount }, faults);
    const gathered = await gather(readings, stage, options);
    const layers = gathered.map(({ shape, pixels, running }) => ({ shape, pixels, bytes: running.encode() }));
    return { layers, messages, leftOut: faults.leftOut() };
  });
}

async function answered<Result>(work: () => Promise<Result>): Promise<Answer<Result>> {
  try {
    return { result: await work() };
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new VitrineError('failed', String(error));
    return { error: { code: error instanceof VitrineError ? error.code : 'failed', message, stack } };
  }
}

async function openSource(): Promise<Source> {
  const exported = (await import(module)) as Partial<Source>;
  for (const name of ['model', 'dataset'] as const) {
    if (typeof exported[name] === 'function') continue;
    throw new VitrineError(
      'bad-argument',
      `"module" expected an export ${name}(), got ${described(exported[name])} in ${module}`,
    );
  }
  return exported as Source;
}

async function openNetwork(): Promise<{ model: LayersModel; network: Network }> {
  const model = await (await source()).model();
  await tf.ready();
  return { model, network: compile(model) };
}

async function datasetOf({ shard, of }: Shard): Promise<Dataset<LabelledImage>> {
  return (await source()).dataset(shard, of);
}

async function hashOf(model: LayersModel): Promise<string> {
  const hash = createHash('sha256');
  for (const weight of model.getWeights()) {
    const { buffer, byteOffset, byteLength } = await weight.data();
    hash.update(`${weight.shape}`).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
