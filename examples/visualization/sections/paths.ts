import { objectives, picturesOf, toInput, visualize } from 'vitrine';
import type { ReportSection } from 'vitrine/render';
import { pathCheck } from 'vitrine/visualization';
import { scale, side } from '../network.ts';
import type { World } from './world.ts';

const units = [
  ['block7_project_bn', 15],
  ['block13_project_bn', 5],
] as const;
const layers = [
  'block1_project_bn',
  'block3_project_bn',
  'block5_project_bn',
  'block7_project_bn',
  'block10_project_bn',
];

/** Whether the pictures of two units run along the paths of natural images. */
export async function pathSection({ network, images }: World): Promise<readonly ReportSection[]> {
  const rows: (string | number | null)[][] = [];
  for (const [layer, unit] of units) {
    const objective = objectives.channel(layer, unit);
    const seen = await visualize(network, objective, { ...scale, size: side, steps: 128 });
    const x = toInput(picturesOf(seen)[0] as NonNullable<ReturnType<typeof picturesOf>[0]>, { size: side, ...scale });
    const below = layers.filter((name) => network.site(name).value < network.site(layer).value);
    const { curve } = await pathCheck(network, x, { objective, images, layers: below });
    rows.push([
      `${layer} ${unit}`,
      ...layers.map((name) => curve.find((point) => point.layer === name)?.score?.[0] ?? null),
    ]);
  }
  return [
    {
      title: 'Can these pictures be trusted?',
      text: 'At each layer on the way, how like the units that a made picture excites are to those that the best natural patches excite: 1 is as like as these are to each other, 0 as like as to other patches. Low values say that the picture reaches the unit on a way that photos do not take.',
      table: { columns: ['unit', ...layers], rows },
    },
  ];
}
