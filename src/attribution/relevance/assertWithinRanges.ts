import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../network/graph/graph.ts';
import { mapBatches } from '../../network/walk/batches.ts';
import type { Composite, InputRange } from '../../network/walk/composite.ts';
import { ruleFinder } from '../../network/walk/ruleFinder.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { Session } from '../../scoring/session.ts';

/**
 * Checks what the rules of a composite expect of the inputs of their operations.
 *
 * @throws {VitrineError} if an input lies outside, or there are not as many bounds as channels.
 */
export async function assertWithinRanges(session: Session, composite: Composite): Promise<void> {
  const bounded = boundedLayers(session, composite);
  if (bounded.length === 0) return;
  const { network, count, rows, options } = session;
  // A look at what the first layers read is no stage to report.
  const plan = { ...options, onProgress: () => undefined, stage: 'range', total: count };
  const found = await mapBatches(plan, (start, end) => {
    const record = network.forward(rows(start, end), { taps: bounded.map(({ input }) => input) });
    const extremes = bounded.flatMap(({ input }, i) => {
      const channels = tf.reshape(record.value(input), [-1, input.shape.at(-1) as number]);
      return [[`low ${i}`, tf.min(channels, 0, true)] as const, [`high ${i}`, tf.max(channels, 0, true)] as const];
    });
    return Object.fromEntries(extremes) as Record<string, Tensor>;
  });
  bounded.forEach((layer, i) => assertWithin(layer, found[`low ${i}`] as NdArray, found[`high ${i}`] as NdArray));
}

/** A layer whose rule expects its inputs within bounds, and where these can be read. */
interface Bounded {
  readonly address: string;
  readonly rule: string;
  readonly range: InputRange;
  readonly input: Site;
}

function boundedLayers({ network: { graph } }: Session, composite: Composite): readonly Bounded[] {
  const find = ruleFinder(graph, composite);
  const sites = [...graph.sites.values()];
  return graph.steps.flatMap(({ operation, inputs }, i) => {
    const { name, range } = find(operation, i);
    const input = range && sites.find(({ value }) => value === inputs[0]);
    return input ? [{ address: operation.address, rule: name, range, input }] : [];
  });
}

/** The extremes are `[batches, channels]`. */
function assertWithin({ address, rule, range, input }: Bounded, lows: NdArray, highs: NdArray): void {
  const channels = lows.shape[1] as number;
  for (const [name, bounds] of Object.entries(range) as [keyof InputRange, number | readonly number[]][]) {
    if (typeof bounds === 'number' || bounds.length === channels) continue;
    throw new VitrineError(
      'bad-argument',
      `"${name}" of rule "${rule}" expected one bound or ${channels}, got ${bounds.length}`,
    );
  }
  for (let i = 0; i < lows.data.length; i++) {
    const channel = i % channels;
    const [least, greatest] = [lows.data[i] as number, highs.data[i] as number];
    const [low, high] = [boundOf(range.low, channel), boundOf(range.high, channel)];
    if (least >= low - slack(low) && greatest <= high + slack(high)) continue;
    throw new VitrineError(
      'bad-argument',
      `rule "${rule}" expected channel ${channel} of what layer "${address}" reads, "${input.address}", within ${low}..${high}, got ${least}..${greatest}`,
    );
  }
}

function boundOf(bounds: number | readonly number[], channel: number): number {
  return typeof bounds === 'number' ? bounds : (bounds[channel] as number);
}

/** Inputs are float32 numbers. */
function slack(bound: number): number {
  return 1e-6 * Math.max(1, Math.abs(bound));
}
