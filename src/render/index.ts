export type { Colormap, DivergingColormap, SequentialColormap } from './colormaps.ts';
export { type ColorOptions, type ColorScale, colorScale } from './colorScale.ts';
export { type ContactSheetOptions, contactSheet, type SheetCell } from './contactSheet.ts';
export { type HeatmapOptions, heatmap } from './heatmap.ts';
export type { MapSelection, MapSource } from './mapPlane.ts';
export { type OverlayOptions, overlay } from './overlay.ts';
export { type ReportOptions, type ReportSection, type ReportTable, report, type TableValue } from './report.ts';
