import type { Attribution, NdArray, Network, Target } from 'vitrine';
import * as v from 'vitrine';

/** A method as it stands in the guides: its name, how it is called, how its map is shown. */
export interface FamilyMethod {
  readonly title: string;
  readonly explain: (network: Network, x: NdArray) => Promise<Attribution>;
  /** Colours about zero, the largest magnitude of the channels, or a coarse map over the photo. */
  readonly view: 'signed' | 'magnitude' | 'place';
}

/** The earliest layer whose maps are still about the class. */
const layer = 'block10_add';
const segments = { slic: 50 };
/** Photos in -1 … 1. */
const box = [-127 / 128, 1] as const;

/** Every attribution method by family, with settings that show it at its usual; photos `[n, h, w, c]` are data for those that need some. */
export function familiesOf(photos: NdArray): Readonly<Record<string, readonly FamilyMethod[]>> {
  return {
    gradients: [
      { title: 'gradient', view: 'magnitude', explain: v.gradient },
      { title: 'gradientTimesInput', view: 'signed', explain: v.gradientTimesInput },
      { title: 'smoothGrad', view: 'magnitude', explain: v.smoothGrad },
      { title: 'squareGrad', view: 'magnitude', explain: v.squareGrad },
      { title: 'varGrad', view: 'magnitude', explain: v.varGrad },
      { title: 'fullGrad', view: 'place', explain: v.fullGrad },
      { title: 'deconvnet', view: 'signed', explain: v.deconvnet },
      { title: 'guidedBackprop', view: 'signed', explain: v.guidedBackprop },
      { title: 'guidedGradCam', view: 'signed', explain: v.guidedGradCam },
    ],
    paths: [
      { title: 'integratedGradients', view: 'signed', explain: v.integratedGradients },
      {
        title: 'integratedGradients from blurred',
        view: 'signed',
        explain: (n, x) => v.integratedGradients(n, x, { baseline: 'blur' }),
      },
      {
        title: 'expectedGradients',
        view: 'signed',
        explain: (n, x) => v.expectedGradients(n, x, { background: greys(x), samples: 100 }),
      },
      { title: 'blurIntegratedGradients', view: 'signed', explain: v.blurIntegratedGradients },
      { title: 'guidedIntegratedGradients', view: 'signed', explain: v.guidedIntegratedGradients },
      { title: 'xrai', view: 'place', explain: v.xrai },
      { title: 'conductance', view: 'place', explain: (n, x) => placed(x, v.conductance(n, x, { layer, steps: 20 })) },
      {
        title: 'internalInfluence',
        view: 'place',
        explain: (n, x) => placed(x, v.internalInfluence(n, x, { layer, steps: 20 })),
      },
      {
        title: 'neuronConductance',
        view: 'signed',
        explain: (n, x) => v.neuronConductance(n, x, { layer, unit: 5, steps: 20 }),
      },
    ],
    relevance: [
      { title: 'lrp, ε+', view: 'signed', explain: (n, x) => v.lrp(n, x, { composite: v.composites.epsilonPlus() }) },
      {
        title: 'lrp, ε+ flat',
        view: 'signed',
        explain: (n, x) => v.lrp(n, x, { composite: v.composites.epsilonPlusFlat() }),
      },
      {
        title: 'lrp, ε γ box',
        view: 'signed',
        explain: (n, x) => v.lrp(n, x, { composite: v.composites.epsilonGammaBox(...box) }),
      },
      {
        title: 'lrp, α2 β1',
        view: 'signed',
        explain: (n, x) => v.lrp(n, x, { composite: v.composites.epsilonAlpha2Beta1() }),
      },
      { title: 'excitationBackprop', view: 'magnitude', explain: v.excitationBackprop },
      {
        title: 'excitationBackprop, contrastive',
        view: 'magnitude',
        explain: (n, x) => v.excitationBackprop(n, x, { contrastive: true }),
      },
      { title: 'deepLift', view: 'signed', explain: v.deepLift },
      {
        title: 'deepLift, revealCancel',
        view: 'signed',
        explain: (n, x) => v.deepLift(n, x, { rule: 'revealCancel' }),
      },
      { title: 'deepLiftShap', view: 'signed', explain: (n, x) => v.deepLiftShap(n, x, { background: greys(x) }) },
      {
        title: 'patternNet, of block2_add',
        view: 'signed',
        explain: (n, x) => withPatterns(v.patternNet, n, { x, photos, target: { layer: 'block2_add', unit: 5 } }),
      },
      {
        title: 'patternAttribution',
        view: 'signed',
        explain: (n, x) => withPatterns(v.patternAttribution, n, { x, photos }),
      },
      { title: 'clearMap, response', view: 'magnitude', explain: dominantResponse },
    ],
    cams: [
      { title: 'gradCam', view: 'place', explain: v.gradCam },
      { title: 'gradCamPlusPlus', view: 'place', explain: v.gradCamPlusPlus },
      { title: 'hiResCam', view: 'place', explain: (n, x) => v.hiResCam(n, x, { layer }) },
      { title: 'elementWiseCam', view: 'place', explain: (n, x) => v.elementWiseCam(n, x, { layer }) },
      { title: 'xGradCam', view: 'place', explain: (n, x) => v.xGradCam(n, x, { layer }) },
      { title: 'layerCam', view: 'place', explain: (n, x) => v.layerCam(n, x, { layer }) },
      { title: 'eigenCam', view: 'place', explain: v.eigenCam },
      { title: 'eigenGradCam', view: 'place', explain: v.eigenGradCam },
      { title: 'scoreCam', view: 'place', explain: (n, x) => v.scoreCam(n, x, { unitCount: 200 }) },
      { title: 'ablationCam', view: 'place', explain: v.ablationCam },
      { title: 'finerCam', view: 'place', explain: v.finerCam },
      { title: 'femCam', view: 'place', explain: v.femCam },
    ],
    shapley: [
      {
        title: 'exactShapley',
        view: 'signed',
        explain: (n, x) => v.exactShapley(n, x, { segments: { grid: 3 }, baseline: 'mean' }),
      },
      {
        title: 'kernelShap, 100 samples',
        view: 'signed',
        explain: (n, x) => v.kernelShap(n, x, { segments: { grid: 3 }, baseline: 'mean', samples: 100 }),
      },
      {
        title: 'shapleySampling, 10 orders',
        view: 'signed',
        explain: (n, x) => v.shapleySampling(n, x, { segments: { grid: 3 }, baseline: 'mean', samples: 10 }),
      },
    ],
    perturbation: [
      { title: 'occlusion', view: 'signed', explain: (n, x) => v.occlusion(n, x, { window: 32, stride: 16 }) },
      {
        title: 'featureAblation',
        view: 'signed',
        explain: (n, x) => v.featureAblation(n, x, { segments, baseline: 'mean' }),
      },
      { title: 'rise', view: 'place', explain: (n, x) => v.rise(n, x, { samples: 2000 }) },
      { title: 'lime', view: 'signed', explain: (n, x) => v.lime(n, x, { segments }) },
      { title: 'kernelShap', view: 'signed', explain: (n, x) => v.kernelShap(n, x, { segments, baseline: 'mean' }) },
      {
        title: 'shapleySampling',
        view: 'signed',
        explain: (n, x) => v.shapleySampling(n, x, { segments, baseline: 'mean' }),
      },
      { title: 'partitionShap', view: 'signed', explain: (n, x) => v.partitionShap(n, x, { baseline: 'blur' }) },
      { title: 'sobolAttribution', view: 'place', explain: v.sobolAttribution },
      { title: 'hsicAttribution', view: 'place', explain: v.hsicAttribution },
      {
        title: 'predictionDifference',
        view: 'signed',
        explain: (n, x) => v.predictionDifference(n, x, { background: photos, window: 16, stride: 8 }),
      },
      { title: 'meaningfulPerturbation', view: 'place', explain: v.meaningfulPerturbation },
      { title: 'extremalPerturbation', view: 'place', explain: v.extremalPerturbation },
    ],
  };
}

/** Plain pictures from black to white, as a background. */
function greys({ shape }: NdArray): NdArray {
  const size = shape.slice(1).reduce((product, length) => product * length, 1);
  const levels = [-0.99, -0.5, 0, 0.5, 1];
  const data = new Float32Array(levels.length * size);
  levels.forEach((level, i) => data.fill(level, i * size, (i + 1) * size));
  return { shape: [levels.length, ...shape.slice(1)], data };
}

/** A layer's map as one over the photo: summed over its channels, resized. */
async function placed({ shape }: NdArray, found: Promise<Attribution>): Promise<Attribution> {
  const attribution = await found;
  const size = [shape[1] as number, shape[2] as number] as const;
  return { ...attribution, values: v.resize(v.rectify(v.reduceChannels(attribution.values, 'sum')), size) };
}

/** With patterns of a few photos, which is little: their authors take half of ImageNet's training photos. */
async function withPatterns(
  explain: typeof v.patternNet,
  network: Network,
  { x, photos, ...target }: { x: NdArray; photos: NdArray; target?: Target },
): Promise<Attribution> {
  const patterns = await v.fitPatterns(network, [photos]);
  return explain(network, x, { ...target, patterns });
}

/** How strongly the class that leads at each pixel responds. */
async function dominantResponse(network: Network, x: NdArray): Promise<Attribution> {
  const { positive } = await v.clearMap(network, x, { base: v.gradientTimesInput, classes: 5 });
  const { score, target, explained } = await v.gradient(network, x);
  return { values: positive.response, method: 'clearMap', score, target, explained };
}
