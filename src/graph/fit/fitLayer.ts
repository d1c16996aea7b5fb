import { inSlices } from '../../backend/inTurn.ts';
import type { RunOptions } from '../../network/types.ts';
import { joined } from '../../numeric/ndarray.ts';
import { random } from '../../numeric/random.ts';
import type { SourceLayer } from '../../readings/mapSource.ts';
import { nodeSpreads } from '../mixture/maximized.ts';
import { responsesOf } from '../mixture/responses.ts';
import type { PatternNode } from '../types.ts';
import { candidatesOf, type FittedLayer } from './candidates.ts';
import { type FittedUnit, fitUnit, type UnitPlan } from './fitUnit.ts';

/** What a layer is fitted to. */
export interface LayerTask extends Pick<RunOptions, 'signal' | 'onProgress'> {
  readonly source: SourceLayer;
  readonly units: readonly number[];
  /** Of each unit; 0 for none that can be fitted. */
  readonly deviations: readonly number[];
  /** The positive activations of each image, `[units, h · w]`. */
  readonly maps: readonly Float32Array[];
  readonly above: FittedLayer | undefined;
  readonly plan: Omit<UnitPlan, 'candidates' | 'width' | 'widths'>;
  readonly seed: number;
  /** The number of the layer from the top, which the random numbers depend on. */
  readonly depth: number;
}

/** The first width, as a share of the side of the map (§1.3). */
const WIDTH = 0.15;

/** Fits the nodes of a layer, unit by unit. */
export async function fitLayer(task: LayerTask): Promise<FittedLayer> {
  const { source, units, deviations, maps, above, signal, onProgress } = task;
  const side = Math.sqrt(source.size[0] * source.jump[0] * source.size[1] * source.jump[1]);
  const images = maps.length;
  const hasAbove = above !== undefined && above.layer.nodes.length > 0;
  const plan: UnitPlan = {
    ...task.plan,
    width: WIDTH * side,
    // Narrower than a step, a Gaussian would fit single positions.
    widths: { low: Math.min(Math.sqrt(source.jump[0] * source.jump[1]), WIDTH * side), high: WIDTH * side },
    ...(hasAbove && { candidates: candidatesOf(above, images, task.plan.neighbours) }),
  };
  const places = units.map((_, i) => i).filter((i) => (deviations[i] as number) > 0);
  const fitted: (FittedUnit & { unit: number })[] = [];
  for (const place of places) {
    const unit = units[place] as number;
    const own = mapsOf(maps, place, {
      positions: source.size[0] * source.size[1],
      deviation: deviations[place] as number,
    });
    const responses = responsesOf(own, images, source);
    fitted.push({
      unit,
      ...(await inSlices(fitUnit(responses, plan, random(task.seed, task.depth, unit)), task)),
    });
    onProgress?.({ stage: `fit ${source.name}`, done: fitted.length, total: places.length });
  }
  signal?.throwIfAborted();
  const nodes = fitted.flatMap((own) => nodesOf(own, { plan, images, side }));
  return {
    layer: {
      name: source.name,
      size: source.size,
      unitCount: source.units,
      centre: source.centre,
      jump: source.jump,
      units,
      deviations,
      nodes,
      logLikelihood: {
        alone: summed(fitted.map(({ alone }) => alone)),
        withNeighbours: summed(fitted.map(({ withNeighbours }) => withNeighbours)),
      },
    },
    positions: joined(fitted.map(({ peaks }) => peaks.positions)),
    scores: joined(fitted.map(({ peaks }) => peaks.scores)),
  };
}

/** The maps of a unit on all images, one after the other, in deviations. */
function mapsOf(
  maps: readonly Float32Array[],
  place: number,
  { positions, deviation }: { positions: number; deviation: number },
): Float64Array {
  const own = new Float64Array(maps.length * positions);
  maps.forEach((all, image) => {
    for (let k = 0; k < positions; k++) {
      own[image * positions + k] = (all[place * positions + k] as number) / deviation;
    }
  });
  return own;
}

function nodesOf(
  { unit, fit, peaks, neighbours }: FittedUnit & { unit: number },
  { plan, images, side }: { plan: UnitPlan; images: number; side: number },
): readonly PatternNode[] {
  const { mixture, last } = fit;
  const spreads = nodeSpreads(last);
  // §1.3.
  const widest = side / Math.sqrt(plan.patterns);
  const total = last.mass.reduce((sum, mass) => sum + mass, 0);
  return neighbours.map((own, node): PatternNode => {
    const scores = peaks.scores.subarray(node * images, (node + 1) * images);
    const { mean, deviation } = momentsOf(peaks.positions.subarray(2 * node * images, 2 * (node + 1) * images));
    return {
      unit,
      position: [mixture.positions[2 * node] as number, mixture.positions[2 * node + 1] as number],
      width: Math.sqrt(mixture.variances[node] as number),
      deformation: Math.min(Math.max(spreads[node] as number, widest / 10), widest),
      neighbours: own.map((k) => plan.candidates?.nodes[k] as number),
      meanPosition: mean,
      positionDeviation: deviation,
      meanScore: scores.reduce((sum, score) => sum + score, 0) / images,
      share: total > 0 ? (last.mass[node] as number) / total : 0,
    };
  });
}

/** The mean of positions `[images, 2]`, and their deviation per axis. */
function momentsOf(positions: Float64Array): { mean: readonly [number, number]; deviation: number } {
  const images = positions.length / 2;
  const mean: [number, number] = [0, 0];
  positions.forEach((value, k) => {
    mean[k & 1] = (mean[k & 1] as number) + value / images;
  });
  const squares = positions.reduce((sum, value, k) => sum + (value - (mean[k & 1] as number)) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (2 * images)) };
}

function summed(lists: readonly (readonly number[])[]): readonly number[] {
  const [first = []] = lists;
  return first.map((_, k) => lists.reduce((sum, list) => sum + (list[k] as number), 0));
}
