import type { Attribution, ExplainOptions, Input, Model } from 'vitrine';
import * as v from 'vitrine';
import type { CamOptions, ExtremalPerturbation } from 'vitrine/attribution';

/** Options whose target is a class for each example. */
type StudyOptions = ExplainOptions & { readonly target?: readonly number[] };

/** A method as the study runs it. */
export interface StudyMethod {
  readonly name: string;
  readonly explain: (model: Model, x: Input, options: StudyOptions) => Promise<Attribution>;
  /** How channels become one number: their sum keeps signs, the largest magnitude does not. */
  readonly view: 'sum' | 'maxAbs';
  /** Whether it runs the network often, so that fewer examples are taken where it has to run again and again. */
  readonly passes: 'few' | 'many';
}

/** What the methods are told about the pictures. */
export interface StudySettings {
  /** Plain pictures, as baselines to draw from. */
  readonly background: Input;
  /** The least and the greatest number in a picture. */
  readonly range: readonly [number, number];
  /** The side of an occluding window in pixels. */
  readonly window: number;
  /** Superpixels, for methods that hide segments. */
  readonly segments: number;
  /** The layer of the maps that are about one layer; by default the last that has places. */
  readonly layer?: string;
}

type Run = StudyMethod['explain'];

/** The methods of the study by family, controls first. */
export function methodsOf(settings: StudySettings): readonly StudyMethod[] {
  return [...controls(), ...gradients(settings), ...relevance(settings), ...cams(settings), ...perturbations(settings)];
}

function few(name: string, view: StudyMethod['view'], explain: Run): StudyMethod {
  return { name, explain, view, passes: 'few' };
}

function many(name: string, explain: Run): StudyMethod {
  return { name, explain, view: 'sum', passes: 'many' };
}

function controls(): readonly StudyMethod[] {
  return [few('centerMap', 'sum', v.centerMap), few('edgeMap', 'sum', v.edgeMap), few('randomMap', 'sum', v.randomMap)];
}

function gradients({ background }: StudySettings): readonly StudyMethod[] {
  return [
    few('gradient', 'maxAbs', v.gradient),
    few('gradientTimesInput', 'sum', v.gradientTimesInput),
    few('deconvnet', 'maxAbs', v.deconvnet),
    few('guidedBackprop', 'maxAbs', v.guidedBackprop),
    few('guidedGradCam', 'maxAbs', v.guidedGradCam),
    few('fullGrad', 'sum', v.fullGrad),
    few('smoothGrad', 'maxAbs', v.smoothGrad),
    few('squareGrad', 'sum', v.squareGrad),
    few('varGrad', 'sum', v.varGrad),
    few('integratedGradients', 'sum', v.integratedGradients),
    few('expectedGradients', 'sum', (model, x, options) =>
      v.expectedGradients(model, x, { ...options, background, samples: 50 }),
    ),
    few('blurIntegratedGradients', 'sum', v.blurIntegratedGradients),
    few('guidedIntegratedGradients', 'sum', v.guidedIntegratedGradients),
    many('xrai', (model, x, options) => v.xrai(model, x, { ...options, base: v.integratedGradients })),
  ];
}

function relevance({ background, range }: StudySettings): readonly StudyMethod[] {
  const { epsilonPlus, epsilonPlusFlat, epsilonAlpha2Beta1, epsilonGammaBox } = v.composites;
  const lrp = (name: string, composite: ReturnType<typeof epsilonPlus>): StudyMethod =>
    few(`lrp, ${name}`, 'sum', (model, x, options) => v.lrp(model, x, { ...options, composite }));
  return [
    lrp('ε+', epsilonPlus()),
    lrp('ε+ flat', epsilonPlusFlat()),
    lrp('α2 β1', epsilonAlpha2Beta1()),
    lrp('ε γ box', epsilonGammaBox(...range)),
    few('excitationBackprop', 'sum', v.excitationBackprop),
    few('excitationBackprop, contrastive', 'sum', (model, x, options) =>
      v.excitationBackprop(model, x, { ...options, contrastive: true }),
    ),
    few('deepLift', 'sum', v.deepLift),
    few('deepLift, revealCancel', 'sum', (model, x, options) =>
      v.deepLift(model, x, { ...options, rule: 'revealCancel' }),
    ),
    few('deepLiftShap', 'sum', (model, x, options) => v.deepLiftShap(model, x, { ...options, background })),
  ];
}

function cams({ layer }: StudySettings): readonly StudyMethod[] {
  const at = layer === undefined ? {} : { layer };
  const cam = (
    name: string,
    explain: (model: Model, x: Input, options: StudyOptions & CamOptions) => Promise<Attribution>,
  ): StudyMethod => few(name, 'sum', (model, x, options) => explain(model, x, { ...options, ...at }));
  return [
    cam('gradCam', v.gradCam),
    cam('gradCamPlusPlus', v.gradCamPlusPlus),
    cam('hiResCam', v.hiResCam),
    cam('xGradCam', v.xGradCam),
    cam('layerCam', v.layerCam),
    cam('elementWiseCam', v.elementWiseCam),
    cam('eigenCam', v.eigenCam),
    cam('eigenGradCam', v.eigenGradCam),
    cam('femCam', v.femCam),
    cam('finerCam', v.finerCam),
    cam('scoreCam', v.scoreCam),
    cam('ablationCam', v.ablationCam),
  ];
}

function perturbations({ window, segments: slic }: StudySettings): readonly StudyMethod[] {
  const segments = { slic };
  return [
    many('occlusion', (model, x, options) =>
      v.occlusion(model, x, { ...options, window, stride: Math.ceil(window / 4), baseline: 'mean' }),
    ),
    many('featureAblation', (model, x, options) =>
      v.featureAblation(model, x, { ...options, segments, baseline: 'mean' }),
    ),
    many('rise', (model, x, options) => v.rise(model, x, { ...options, samples: 1000 })),
    many('lime', (model, x, options) => v.lime(model, x, { ...options, segments, samples: 300 })),
    many('kernelShap', (model, x, options) =>
      v.kernelShap(model, x, { ...options, segments, baseline: 'mean', samples: 300 }),
    ),
    many('partitionShap', (model, x, options) =>
      v.partitionShap(model, x, { ...options, baseline: 'blur', evaluations: 300 }),
    ),
    many('sobolAttribution', (model, x, options) => v.sobolAttribution(model, x, { ...options, cells: 8, samples: 8 })),
    many('hsicAttribution', (model, x, options) => v.hsicAttribution(model, x, { ...options, cells: 8, samples: 400 })),
    many('meaningfulPerturbation', (model, x, options) =>
      v.meaningfulPerturbation(model, x, { ...options, steps: 150 }),
    ),
    many('extremalPerturbation', extremalPerturbations),
  ];
}

/** The masks of several areas summed and smoothed, as the authors of extremal perturbation compare it with maps. */
async function extremalPerturbations(model: Model, x: Input, options: StudyOptions): Promise<Attribution> {
  const found: ExtremalPerturbation[] = [];
  for (const area of [0.025, 0.05, 0.1]) {
    found.push(await v.extremalPerturbation(model, x, { ...options, scale: 'logit', area, steps: 150 }));
  }
  const [first, ...others] = found as [ExtremalPerturbation, ...ExtremalPerturbation[]];
  const { shape } = first.values;
  const data = first.values.data.map((value, i) =>
    others.reduce((sum, { values }) => sum + (values.data[i] as number), value),
  );
  return { ...first, values: v.blur({ shape, data }, 0.09 * (shape[1] as number)) };
}
