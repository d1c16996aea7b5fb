import { assertAttribution } from '../attribution/assertAttribution.ts';
import { eventLoopTurn } from '../backend/inTurn.ts';
import type { Input, Model, OutputMeaning, RunOptions } from '../network/types.ts';
import { VitrineError } from '../numeric/errors.ts';
import {
  anything,
  assertOptions,
  type Check,
  callback,
  kind,
  type OptionChecks,
  object,
  required,
} from '../numeric/options.ts';
import { explainChecks } from '../scoring/explainChecks.ts';
import { endpoint } from '../scoring/scoreAt.ts';
import { explain } from '../scoring/session.ts';
import { pinTarget } from '../scoring/targets/createScorer.ts';
import type { Attribution, Explainer, ExplainOptions, Target } from '../scoring/types.ts';
import type { MetricResult } from './types.ts';

/** What {@link evaluate} gives a metric besides model and input. */
export interface MetricOptions extends ExplainOptions {
  /** The explainer's attribution of x. */
  readonly attribution: Attribution;
  /** The explainer itself, for metrics that explain other inputs too. */
  readonly explainer: Explainer;
}

/** A metric for {@link evaluate}: one of this module's that take a model, or a closure around any. */
export type Metric = (model: Model, x: Input, options: MetricOptions) => MetricResult | Promise<MetricResult>;

/** What is compared with what. */
export interface Evaluation extends RunOptions {
  readonly model: Model;
  readonly x: Input;
  /** Attribution methods by the name of their row. */
  readonly explainers: Readonly<Record<string, Explainer>>;
  /** Metrics by the name of their column. */
  readonly metrics: Readonly<Record<string, Metric>>;
  /** What is explained; `'predicted'` by default. */
  readonly target?: Target;
  /** What the explained output holds, where the model does not tell. */
  readonly output?: OutputMeaning;
  /** Of every random choice; 0 by default. */
  readonly seed?: number;
}

/** What {@link evaluate} returns: a table for `report`, and all numbers behind it. */
export interface EvaluationTable {
  /** `'explainer'` and the metrics, each with ↑ or ↓ for the better direction. */
  readonly columns: readonly string[];
  /** For each explainer its name and the mean scores over the examples that have one; `null` where none has. */
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** By explainer and metric. */
  readonly results: Readonly<Record<string, Readonly<Record<string, MetricResult>>>>;
}

/**
 * Runs several metrics on several explainers.
 *
 * The target is fixed once, so that all explain and measure the same. Each method and metric keeps its own scale; give
 * another in a closure.
 *
 * @param evaluation `model`, `x`, `explainers`, `metrics`; `target`, `output`, `seed`, `batchSize`, `signal`, `onProgress`, which
 * counts explanations and metrics.
 * @returns `columns` and `rows` of mean scores, which `report` takes as a table, and `results` with every score.
 * @throws {VitrineError} if an explainer or a metric is no function; else what they throw.
 * @example
 * ```ts
 * import { deletion, evaluate, gradCam, gradient, maxSensitivity, report, sparseness } from 'vitrine';
 * const table = await evaluate({
 *   model,
 *   x,
 *   explainers: { gradient, gradCam },
 *   metrics: {
 *     deletion,
 *     maxSensitivity: (model, x, options) => maxSensitivity(model, x, { ...options, samples: 2 }),
 *     sparseness: (_model, _x, { attribution }) => sparseness(attribution),
 *   },
 * });
 * const html = report([{ title: 'Which map is best?', table }]);
 * ```
 */
export async function evaluate(evaluation: Evaluation): Promise<EvaluationTable> {
  assertOptions(evaluation, checks);
  const { model, x, target, output, seed = 0, batchSize, signal, onProgress } = evaluation;
  const [explainers, metrics] = [Object.entries(evaluation.explainers), Object.entries(evaluation.metrics)];
  const explained = { ...(target !== undefined && { target }), ...(output && { output }) };
  const run = { ...explained, ...(batchSize && { batchSize }), ...(signal && { signal }) };
  return explain(model, x, run, { checks: explainChecks }, async (session, own) => {
    const { classes } = await endpoint(session, session.inputs, { sites: [], scorer: session.scorer });
    const options = { ...own, seed, target: pinTarget(own.target, classes) };
    const given = session.inputs.length === 1 ? (session.inputs[0] as Input) : session.inputs;
    const total = explainers.length * (1 + metrics.length);
    let done = 0;
    const step = async <T>(stage: string, job: () => T | Promise<T>): Promise<T> => {
      if (done > 0) await eventLoopTurn();
      signal?.throwIfAborted();
      const result = await job();
      onProgress?.({ stage, done: ++done, total });
      return result;
    };
    const results: Record<string, Record<string, MetricResult>> = {};
    for (const [name, explainer] of explainers) {
      const attribution = await step(name, () => explainer(session.network, given, options));
      assertAttribution(`explainers.${name}`, attribution);
      const found: Record<string, MetricResult> = {};
      for (const [key, metric] of metrics) {
        const judge = (): ReturnType<Metric> => metric(session.network, given, { ...options, attribution, explainer });
        const result = await step(`${name}: ${key}`, judge);
        assertResult(`metrics.${key}`, result);
        found[key] = result;
      }
      results[name] = found;
    }
    return {
      ...tableOf(
        results,
        metrics.map(([name]) => name),
      ),
      results,
    };
  });
}

function tableOf(
  results: EvaluationTable['results'],
  metrics: readonly string[],
): Pick<EvaluationTable, 'columns' | 'rows'> {
  const [first = {}] = Object.values(results);
  const columns = metrics.map((metric) => `${metric} ${first[metric]?.higherIsBetter ? '↑' : '↓'}`);
  const rows = Object.entries(results).map(([name, found]) => [
    name,
    ...metrics.map((metric) => meanOf((found[metric] as MetricResult).score)),
  ]);
  return { columns: ['explainer', ...columns], rows };
}

function meanOf(scores: Float32Array): number | null {
  const known = scores.filter((score) => !Number.isNaN(score));
  return known.length === 0 ? null : known.reduce((sum, score) => sum + score, 0) / known.length;
}

const assertResult = kind('a metric, whose results have "score"', (value) => {
  return typeof value === 'object' && value !== null && 'score' in value && value.score instanceof Float32Array;
});

const functions: Check = (argument, value) => {
  object(argument, value);
  const entries = Object.entries(value as object);
  if (entries.length === 0) {
    throw new VitrineError('bad-argument', `"${argument}" expected functions by name, got none`);
  }
  for (const [name, one] of entries) callback(`${argument}.${name}`, one);
};

const { scale: _, ...shared } = explainChecks;

const checks: OptionChecks<Evaluation> = {
  ...shared,
  model: required(anything),
  x: required(anything),
  explainers: required(functions),
  metrics: required(functions),
};
