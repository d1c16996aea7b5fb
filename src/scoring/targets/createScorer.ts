import type { OutputHead } from '../../network/graph/graph.ts';
import { findHead } from '../../network/heads/chosenOutput.ts';
import type { Network } from '../../network/network.ts';
import type { Scale } from '../../network/types.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { callback, listOf, text } from '../../numeric/options.ts';
import type {
  BoxTarget,
  DirectionTarget,
  LayersTarget,
  MaskTarget,
  OutputTarget,
  Target,
  UnitTarget,
} from '../types.ts';
import { classScorer } from './classScore.ts';
import { directionScorer } from './directionScore.ts';
import { boxHead, boxScorer, maskHead, maskScorer } from './regionScore.ts';
import type { Scorer } from './scorer.ts';
import { tapedScorer } from './tapedScore.ts';
import { unitScorer } from './unitScore.ts';

/** A target, the scale of class scores (logits by default, where there are any), and the number of examples. */
export interface ScoreRequest {
  readonly target?: Target | undefined;
  readonly scale?: Scale | undefined;
  readonly count: number;
}

/** Checks a target against a network and a number of examples and makes it ready. */
export function createScorer(network: Network, { target = 'predicted', scale, count }: ScoreRequest): Scorer {
  return scorerOn(network, network.heads, { target, scale, count });
}

interface Request<T> {
  readonly target: T;
  readonly scale: Scale | undefined;
  readonly count: number;
}

function scorerOn(network: Network, heads: readonly OutputHead[], request: Request<Target>): Scorer {
  const { target } = request;
  if (typeof target === 'function') {
    return tapedScorer(
      heads.map(({ site }) => site),
      target,
    );
  }
  if (isLayersTarget(target)) return layersScorer(network, target);
  if (isLayerTarget(target)) {
    return 'vector' in target ? directionScorer(network, target) : unitScorer(network, target);
  }
  if (isOutputTarget(target)) {
    const head = findHead(network, target.output);
    if (isOutputTarget(target.target)) {
      throw new VitrineError(
        'bad-argument',
        `"target.target" expected a target on output "${head.site.address}", got another output`,
      );
    }
    return scorerOn(network, [head], { ...request, target: target.target });
  }
  if (isMaskTarget(target)) return maskScorer(maskHead(heads, target), { ...request, target });
  if (isBoxTarget(target)) return boxScorer(boxHead(heads), { ...request, target });
  return classScorer(heads[0] as OutputHead, { ...request, target });
}

function layersScorer(network: Network, { layers, score }: LayersTarget): Scorer {
  listOf(text)('target.layers', layers);
  callback('target.score', score);
  return tapedScorer(
    layers.map((layer) => network.site(layer, 'target.layers')),
    score,
  );
}

function isLayersTarget(target: Target): target is LayersTarget {
  return typeof target === 'object' && target !== null && 'layers' in target;
}

function isLayerTarget(target: Target): target is UnitTarget | DirectionTarget {
  return typeof target === 'object' && target !== null && 'layer' in target;
}

function isOutputTarget(target: Target): target is OutputTarget {
  return typeof target === 'object' && target !== null && 'output' in target;
}

function isMaskTarget(target: Target): target is MaskTarget {
  return typeof target === 'object' && target !== null && 'mask' in target;
}

function isBoxTarget(target: Target): target is BoxTarget {
  return typeof target === 'object' && target !== null && 'box' in target;
}

/** The output whose class scores a target is about; none where it is about no classes. */
export function headOf(network: Network, target: Target | undefined): OutputHead | undefined {
  return headAmong(network, network.heads, target);
}

function headAmong(network: Network, heads: readonly OutputHead[], target: Target | undefined): OutputHead | undefined {
  if (target === undefined) return heads[0];
  if (typeof target === 'function' || isLayersTarget(target) || isLayerTarget(target)) return undefined;
  if (isOutputTarget(target)) return headAmong(network, [findHead(network, target.output)], target.target);
  if (isMaskTarget(target)) return maskHead(heads, target);
  return isBoxTarget(target) ? boxHead(heads) : heads[0];
}

/** The same target with the classes that were predicted filled in, so that it stays what it was as inputs change. */
export function pinTarget(target: Target | undefined, found: NdArray | undefined): Target {
  const classes = found && [...found.data];
  if (target === undefined || target === 'predicted') return classes ?? 'predicted';
  if (typeof target === 'object' && isOutputTarget(target)) {
    return { output: target.output, target: pinTarget(target.target, found) };
  }
  if (typeof target === 'object' && 'minus' in target && classes) return { ...target, class: classes };
  return target;
}

/** Whether a target is a difference of class scores. */
export function isContrast(target: Target): boolean {
  if (typeof target !== 'object') return false;
  return 'minus' in target || ('output' in target && isContrast(target.target));
}
