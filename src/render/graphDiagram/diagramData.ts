import { assertGraph } from '../../graph/assertGraph.ts';
import type { PatternInference } from '../../graph/inferPatterns.ts';
import { patternPatches } from '../../graph/patternPatches.ts';
import type { ExplanatoryGraph, PatternNode } from '../../graph/types.ts';
import { assertPicture } from '../../image/assertPicture.ts';
import { cropPicture } from '../../image/crop.ts';
import { toBase64 } from '../../image/files/base64.ts';
import { encodePng } from '../../image/files/encodePng.ts';
import { inputWindow } from '../../image/inputWindow.ts';
import type { Picture } from '../../image/types.ts';

/** A patch: image, first row, first column, rows, columns. */
type Patch = readonly [image: number, top: number, left: number, height: number, width: number];

/** What the page shows of a node. */
interface NodeData {
  readonly filter: number;
  readonly row: number;
  readonly column: number;
  /** The mean score as a share of the layer's greatest. */
  readonly strength: number;
  /** Places in the layer above. */
  readonly neighbours: readonly number[];
  readonly patches: readonly Patch[];
}

/** What the page is made of. */
export interface DiagramData {
  /** The top layer first. */
  readonly layers: readonly { readonly name: string; readonly nodes: readonly NodeData[] }[];
  readonly pictures: readonly { readonly source: string; readonly width: number; readonly height: number }[];
  /** Pixels of a picture for one of the image that the graph was fitted to, along rows and columns. */
  readonly scales: readonly (readonly [rows: number, columns: number])[];
}

/** The nodes of a graph, and the patches in which they are seen best. */
export function diagramData(
  graph: ExplanatoryGraph,
  {
    inference,
    pictures,
    patches,
    side,
  }: {
    inference: PatternInference | undefined;
    pictures: readonly Picture[];
    patches: number;
    side: number;
  },
): DiagramData {
  assertGraph(graph);
  pictures.forEach((picture, i) => {
    assertPicture(`pictures[${i}]`, picture);
  });
  const seen = pictures.map((picture) => cropPicture(picture, inputWindow(picture, { size: graph.imageSize })));
  const layers = graph.layers.map(({ name, nodes }) => {
    const found =
      inference && nodes.length > 0 ? patternPatches(graph, inference, { layer: name, count: patches, side }) : [];
    const strongest = Math.max(...nodes.map(({ meanScore }) => meanScore));
    return {
      name,
      nodes: nodes.map(({ filter, position, meanScore, neighbours }: PatternNode, node): NodeData => {
        const own = (found[node] ?? []).filter(({ image }) => image < pictures.length);
        return {
          filter,
          row: Math.round(position[0]),
          column: Math.round(position[1]),
          strength: strongest > 0 ? Number((meanScore / strongest).toFixed(3)) : 0,
          neighbours,
          patches: own.map(({ image, box: { rows, columns } }) => [
            image,
            rows[0],
            columns[0],
            rows[1] - rows[0] + 1,
            columns[1] - columns[0] + 1,
          ]),
        };
      }),
    };
  });
  return {
    layers: layers.reverse(),
    pictures: seen.map((picture) => ({
      source: `data:image/png;base64,${toBase64(encodePng(picture))}`,
      width: picture.width,
      height: picture.height,
    })),
    scales: seen.map(({ width, height }) => [height / graph.imageSize[0], width / graph.imageSize[1]]),
  };
}
