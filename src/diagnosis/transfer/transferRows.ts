import type { LayersModel } from '@tensorflow/tfjs-layers';
import { eventLoopTurn } from '../../backend/inTurn.ts';
import { assertLayersModel } from '../../network/graph/layersModel.ts';
import type { RunOptions } from '../../network/types.ts';
import { assertChoice, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { random } from '../../numeric/random.ts';
import { copyLayers, freezeLayers } from './frozenLayers.ts';
import type { TransferKind, TransferRow, TransferTask } from './types.ts';

/** Makes an untrained network of a task, whose weights the seed decides. */
export type CreateModel = (task: 'a' | 'b', seed: number) => LayersModel | Promise<LayersModel>;

export const kindsOfTransfer: readonly TransferKind[] = ['AnB', 'AnB+', 'BnB', 'BnB+', 'random'];

/** Which networks are trained. */
export interface RowsPlan {
  readonly create: CreateModel;
  readonly tasks: { readonly a: TransferTask; readonly b: TransferTask };
  readonly layers: readonly string[] | undefined;
  readonly kinds: readonly TransferKind[];
  readonly seeds: readonly number[];
  readonly signal: AbortSignal | undefined;
  readonly onProgress: RunOptions['onProgress'];
}

/** The scores of all networks of the protocol; every model that is made is disposed. */
export async function transferRows(
  plan: RowsPlan,
): Promise<{ readonly layers: readonly string[]; readonly rows: readonly TransferRow[] }> {
  const rows: TransferRow[] = [];
  const progress = { done: 0, cuts: [] as readonly Cut[] };
  for (const seed of plan.seeds) {
    const models = new Set<LayersModel>();
    try {
      await rowsOfSeed({ ...plan, seed, models, rows, progress });
    } finally {
      for (const model of models) model.dispose();
    }
  }
  return { layers: progress.cuts.map(({ name }) => name), rows };
}

/** The last layer that is copied, and how many are. */
interface Cut {
  readonly name: string;
  readonly count: number;
}

interface Run extends RowsPlan {
  readonly seed: number;
  /** Those that live. */
  readonly models: Set<LayersModel>;
  readonly rows: TransferRow[];
  readonly progress: { done: number; cuts: readonly Cut[] };
}

/** Streams of random numbers. */
const [OF_A, OF_B, OF_CUT] = [0, 1, 2];

async function rowsOfSeed(run: Run): Promise<void> {
  const b = await made(run, 'b', OF_B);
  if (run.progress.cuts.length === 0) run.progress.cuts = cutsOf(b, run.layers);
  await trained(run, b, { task: 'b', stream: OF_B });
  run.rows.push({ kind: 'base', layer: null, seed: run.seed, score: await scored(run, b) });
  const a = run.kinds.some((kind) => kind.startsWith('A')) ? await made(run, 'a', OF_A) : undefined;
  if (a) await trained(run, a, { task: 'a', stream: OF_A });
  for (const [place, cut] of run.progress.cuts.entries()) {
    for (const kind of run.kinds) {
      const from = { A: a, B: b }[kind[0] as string];
      const score = await transferred(run, { kind, from, cut, stream: OF_CUT + place });
      run.rows.push({ kind, layer: cut.name, seed: run.seed, score });
    }
  }
}

interface Transfer {
  readonly kind: TransferKind;
  /** The network whose layers are copied; none of random ones. */
  readonly from: LayersModel | undefined;
  readonly cut: Cut;
  readonly stream: number;
}

async function transferred(run: Run, { kind, from, cut, stream }: Transfer): Promise<number> {
  const model = await made(run, 'b', stream);
  if (from) copyLayers(from, model, cut.count);
  const frozen = kind.endsWith('+') ? undefined : await freezeLayers(model, cut.count);
  await trained(run, model, { task: 'b', stream });
  await frozen?.assertKept();
  const score = await scored(run, model);
  run.models.delete(model);
  model.dispose();
  return score;
}

async function made({ create, seed, models, signal }: Run, task: 'a' | 'b', stream: number): Promise<LayersModel> {
  await eventLoopTurn();
  signal?.throwIfAborted();
  const model = await create(task, seedOf(seed, stream));
  assertLayersModel(model, 'create');
  if (models.has(model)) {
    throw new VitrineError(
      'bad-argument',
      '"create" expected to make a new model at each call, got one that it made before',
    );
  }
  models.add(model);
  return model;
}

async function trained(
  { tasks, seed, signal, onProgress, progress, seeds, kinds }: Run,
  model: LayersModel,
  { task, stream }: { readonly task: 'a' | 'b'; readonly stream: number },
): Promise<void> {
  await tasks[task].train(model, { seed: seedOf(seed, stream), signal });
  signal?.throwIfAborted();
  const bases = kinds.some((kind) => kind.startsWith('A')) ? 2 : 1;
  const total = seeds.length * (bases + progress.cuts.length * kinds.length);
  onProgress?.({ stage: 'networks', done: ++progress.done, total });
}

async function scored({ tasks, signal }: Run, model: LayersModel): Promise<number> {
  const score = await tasks.b.score(model, { signal });
  if (Number.isFinite(score)) return score;
  throw new VitrineError('not-finite', `"score" expected to return a finite number, got ${describe(score)}`);
}

function seedOf(seed: number, stream: number): number {
  return random(seed, stream).integer(2 ** 31);
}

/** The cuts at some layers, or at all with weights but the last, in the order of the layers. */
function cutsOf(model: LayersModel, layers: readonly string[] | undefined): readonly Cut[] {
  const all = model.layers.map(({ name, weights }, i) => ({ name, count: i + 1, isWeighted: weights.length > 0 }));
  if (layers === undefined) return all.filter(({ isWeighted }) => isWeighted).slice(0, -1);
  for (const name of layers) {
    assertChoice(
      'layers',
      name,
      all.map((layer) => layer.name),
    );
  }
  return all.filter(({ name }) => layers.includes(name));
}
