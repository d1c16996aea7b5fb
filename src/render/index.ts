export { type ContactSheetOptions, contactSheet, type SheetCell } from './contactSheet.ts';
export type { Curve } from './curveChart/assertCurve.ts';
export { type CurveChartOptions, curveChart } from './curveChart/curveChart.ts';
export { type AccuracyChartOptions, type AccuracyCurve, accuracyChart } from './diagnosis/accuracyChart.ts';
export { type AdversarialTriplesOptions, adversarialTriples } from './diagnosis/adversarialTriples.ts';
export type { ShownAttack } from './diagnosis/assertAttack.ts';
export type { ShownPair, ShownRelations } from './diagnosis/assertRelations.ts';
export type { ShownDescription, ShownSlices } from './diagnosis/assertSlices.ts';
export { type BiasMatrixOptions, biasMatrix } from './diagnosis/biasMatrix.ts';
export { type InfluenceGalleryOptions, influenceGallery, type ShownExamples } from './diagnosis/influenceGallery.ts';
export { type SharedEvidenceOptions, type ShownEvidence, sharedEvidence } from './diagnosis/sharedEvidence.ts';
export { sliceChart } from './diagnosis/sliceChart.ts';
export { type SlicePageOptions, slicePage } from './diagnosis/slicePage.ts';
export { type ShownTransfer, type TransferChartOptions, transferChart } from './diagnosis/transferChart.ts';
export { conceptChart } from './dissectionReport/conceptChart.ts';
export { type DissectionReportOptions, dissectionReport } from './dissectionReport/dissectionReport.ts';
export { type LayerChartOptions, layerChart } from './dissectionReport/layerChart.ts';
export type { Colormap, DivergingColormap, SequentialColormap } from './drawing/colormaps.ts';
export { type ColorOptions, type ColorScale, colorScale } from './drawing/colorScale.ts';
export type { MapSelection, MapSource } from './drawing/mapPlane.ts';
export type { VolumeAxis, VolumeProjection, VolumeSlice, VolumeView } from './drawing/volumePlane.ts';
export { type FilterSheetOptions, filterSheet } from './filterSheet.ts';
export { type GraphDiagramOptions, graphDiagram } from './graphDiagram/graphDiagram.ts';
export { type HeatmapOptions, heatmap } from './heatmap.ts';
export { type MaskedPictureOptions, maskedPicture } from './maskedPicture.ts';
export { type OverlayOptions, overlay } from './overlay.ts';
export { type ReportOptions, type ReportSection, type ReportTable, report, type TableValue } from './report.ts';
export { type TreeDiagramOptions, treeDiagram } from './treeDiagram.ts';
export type { ShownDictionary } from './visualization/assertDictionary.ts';
export { type AtlasPageOptions, atlasPage, type ShownAtlas } from './visualization/atlasPage.ts';
export { type DictionaryPageOptions, dictionaryPage } from './visualization/dictionaryPage.ts';
export { type PictureGridOptions, pictureGrid } from './visualization/pictureGrid.ts';
export { type PictureStripOptions, pictureStrip } from './visualization/pictureStrip.ts';
export {
  type SeenPictures,
  type SpriteIndex,
  type SpriteOrigin,
  type SpriteSheet,
  type SpriteSheetOptions,
  spriteSheet,
} from './visualization/spriteSheet.ts';
