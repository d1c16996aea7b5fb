export type { AdamOptions } from '../optimization/adam.ts';
export type { NadamOptions } from '../optimization/nadam.ts';
export type { Movement, Optimizer } from '../optimization/optimizer.ts';
export type { Penalty } from '../optimization/penalties.ts';
export type { SgdOptions } from '../optimization/sgd.ts';
export { activationAtlas } from './atlas/activationAtlas.ts';
export type {
  ActivationAtlas,
  ActivationAtlasOptions,
  AtlasCell,
  AtlasSettings,
  CellLabel,
  LayoutFunction,
} from './atlas/types.ts';
export { type WhiteningOptions, whitening } from './atlas/whitening.ts';
export { type CraftOptions, craft } from './concepts/craft/craft.ts';
export type { Crop } from './concepts/craft/cropRows.ts';
export type { ConceptCrop, Craft, CraftConcept } from './concepts/craft/types.ts';
export {
  type FactorOptions,
  type NonNegativeFactors,
  nonNegativeFactors,
} from './concepts/nonNegativeFactors.ts';
export { type ApplySparseCodesOptions, applySparseCodes } from './concepts/sparse/applySparseCodes.ts';
export { fitSparseCodes } from './concepts/sparse/fitSparseCodes.ts';
export type {
  LayerSparseCodes,
  LayerSparseCodesOptions,
  SparseCodes,
  SparseCodesOptions,
  SparseEncoding,
} from './concepts/sparse/types.ts';
export type { DecodeCodesOptions, Decoded, DecodeSettings } from './generators/decoders/decode.ts';
export { decode } from './generators/decoders/decode.ts';
export type { ReconstructionErrors, ReportedErrors } from './generators/decoders/reconstructionErrors.ts';
export type { DecoderTraining, TrainDecoderOptions, TrainedDecoder } from './generators/decoders/trainDecoder.ts';
export { trainDecoder } from './generators/decoders/trainDecoder.ts';
export type { DecoderShape } from './generators/decoders/upconvolutionalDecoder.ts';
export { upconvolutionalDecoder } from './generators/decoders/upconvolutionalDecoder.ts';
export type { Denoiser, DenoiserOptions } from './generators/fitDenoiser.ts';
export { fitDenoiser } from './generators/fitDenoiser.ts';
export type { SampleDistances, SampleDistancesOptions } from './generators/sampleDistances.ts';
export { sampleDistances } from './generators/sampleDistances.ts';
export { sampleCodes } from './generators/sampling/sampleCodes.ts';
export type { Sampler, SamplerWeights } from './generators/sampling/samplers.ts';
export { samplers } from './generators/sampling/samplers.ts';
export type {
  Encoder,
  Observed,
  SampleCodesOptions,
  SampleCodesSettings,
  SampledCodes,
  StartKind,
} from './generators/sampling/types.ts';
export type { AccentuateOptions, Accentuation } from './inversion/accentuate.ts';
export { accentuate } from './inversion/accentuate.ts';
export type { Caricature, CaricatureOptions } from './inversion/caricature.ts';
export { caricature } from './inversion/caricature.ts';
export type { FeatureMask } from './inversion/featureMask.ts';
export type { Inversion } from './inversion/inversion.ts';
export type { InversionPrior } from './inversion/inversionEnergy.ts';
export type { InversionError } from './inversion/inversionError.ts';
export { inversionError } from './inversion/inversionError.ts';
export type { InvertOptions } from './inversion/invert.ts';
export { invert } from './inversion/invert.ts';
export type { SchedulePhase } from './inversion/momentumSchedule.ts';
export type { PictureOptions } from './inversion/pictureChecks.ts';
export type { RegularizedInversion, RegularizedInversionOptions } from './inversion/regularizedInversion.ts';
export { regularizedInversion } from './inversion/regularizedInversion.ts';
export type { AlignmentOptions } from './objectives/batches.ts';
export type { BoundaryOptions } from './objectives/blurs.ts';
export type { DirectionOptions } from './objectives/directions.ts';
export * as objectives from './objectives/index.ts';
export type { LayerObjectiveOptions } from './objectives/layers.ts';
export type {
  Objective,
  ObjectiveOfSome,
  ObjectiveSum,
  ObjectiveWeight,
  PictureObjective,
} from './objectives/objective.ts';
export type { ColorOption } from './objectives/pixels.ts';
export * as optimizers from './optimizers.ts';
export type { ColoredParameterization, ColorOptions } from './parameterizations/colors/colored.ts';
export type { LimitName } from './parameterizations/colors/limits.ts';
export type { CppnOptions } from './parameterizations/cppn/cppn.ts';
export type { FourierOptions } from './parameterizations/fourier/fourier.ts';
export type { GroupedOptions } from './parameterizations/grouped.ts';
export * as parameterizations from './parameterizations/index.ts';
export type { LowResolutionOptions } from './parameterizations/lowResolution/lowResolution.ts';
export type { PyramidOptions } from './parameterizations/lowResolution/pyramid.ts';
export type { SharedPictures } from './parameterizations/lowResolution/rawLowResolution.ts';
export type { MacoOptions } from './parameterizations/maco/maco.ts';
export type { Spectrum } from './parameterizations/maco/spectrum.ts';
export type { SpectrumOptions } from './parameterizations/maco/spectrumOf.ts';
export type { Parameterization, PictureShape, RenderIo } from './parameterizations/parameterization.ts';
export type { PixelOptions } from './parameterizations/pixels.ts';
export type { RawIo, RawPictures } from './parameterizations/rawPictures.ts';
export { picturesOf } from './picturesOf.ts';
export type { ActivationGrid, ActivationGridOptions } from './reading/activationGrid.ts';
export { activationGrid } from './reading/activationGrid.ts';
export type { DeconvPatch } from './reading/carriedBack.ts';
export type { ChannelAttributionOptions } from './reading/channelAttribution.ts';
export { channelAttribution } from './reading/channelAttribution.ts';
export type {
  DeconvChoice,
  DeconvKind,
  DeconvPatches,
  DeconvPatchesOptions,
} from './reading/deconvPatches.ts';
export { deconvPatches } from './reading/deconvPatches.ts';
export type { GridSettings } from './reading/gridIcons.ts';
export type { NeuronGroups, NeuronGroupsOptions } from './reading/neuronGroups.ts';
export { neuronGroups } from './reading/neuronGroups.ts';
export type { PatchTiles } from './reading/patchTiles.ts';
export type { PositionAttribution, PositionAttributionOptions } from './reading/positionAttribution.ts';
export { positionAttribution } from './reading/positionAttribution.ts';
export { positionSimilarity } from './reading/positionSimilarity.ts';
export type { SemanticDictionary, SemanticDictionaryOptions } from './reading/semanticDictionary.ts';
export { semanticDictionary } from './reading/semanticDictionary.ts';
export type { SpatialAttributionOptions } from './reading/spatialAttribution.ts';
export { spatialAttribution } from './reading/spatialAttribution.ts';
export * as transforms from './transforms/index.ts';
export type { NoiseOptions } from './transforms/noise.ts';
export type { OverRun } from './transforms/overRun.ts';
export type { RandomCropOptions } from './transforms/randomCrop.ts';
export type { PadOptions } from './transforms/shifts.ts';
export type {
  Affine,
  Draw,
  GeometricTransform,
  Outside,
  PixelTransform,
  Placement,
  SeenDraw,
  Size,
  Transform,
  TransformFunction,
  View,
} from './transforms/transform.ts';
export { type NaturalExample, type NaturalExamplesOptions, naturalExamples } from './trust/naturalExamples.ts';
export { type PathCheck, type PathCheckOptions, pathCheck } from './trust/pathCheck.ts';
export type { PathPoint } from './trust/pathCurve.ts';
export type { NaturalImage } from './trust/rankedImages.ts';
export type { Snapshot, Visualization, VisualizeOptions, VisualizeSettings } from './types.ts';
export { visualize } from './visualize.ts';
