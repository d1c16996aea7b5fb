import { writeFile } from 'node:fs/promises';
import { contactSheet, encodePng, fromInput, type Picture, picturesOf, predict, toInput, topClasses } from 'vitrine';
import type { ReportSection } from 'vitrine/render';
import { caricature, invert } from 'vitrine/visualization';
import { scale, side } from '../network.ts';
import type { World } from './world.ts';

const depths = ['block2_project_bn', 'block5_project_bn', 'block9_project_bn', 'block13_project_bn'] as const;

/** What a layer keeps of a photo, at four depths, and a caricature. */
export async function inversionSections({ network, photos, labels, folder }: World): Promise<readonly ReportSection[]> {
  const photo = photos[0] as Picture;
  const x = toInput(photo, { size: side, ...scale });
  const seen = fromInput(x, scale);
  const [before] = topClasses((await predict(network, x)).values, 1, labels)[0] ?? [];
  const pictures = [{ picture: seen, caption: `the photo: ${before?.label}` }];
  const rows: (string | number | boolean)[][] = [];
  for (const layer of depths) {
    const { images, inputs, error } = await invert(network, x, { ...scale, layer, steps: 256 });
    const ranked = topClasses((await predict(network, inputs)).values, 3, labels)[0] ?? [];
    pictures.push({ picture: picturesOf(images)[0] as Picture, caption: layer });
    rows.push([layer, error[0] as number, ranked[0]?.label ?? '', ranked.some(({ label }) => label === before?.label)]);
  }
  const cells = pictures.map(({ picture, caption }) => ({ picture, title: caption }));
  await writeFile(`${folder}/inversion.png`, encodePng(contactSheet(cells, { columns: 5, cellWidth: 160 })));
  const { images, cosine, gain } = await caricature(network, x, { ...scale, layer: 'block9_project_bn', steps: 256 });
  return [
    {
      title: 'What layers keep of a photo',
      text: 'Each picture was made so that one layer takes it for the photo. Early layers keep nearly everything; late ones keep what things there are and roughly where, and no longer what they looked like.',
      pictures,
      table: {
        columns: ['layer', 'relative feature error', 'class of the picture', "the photo's class among its first three"],
        rows,
      },
    },
    {
      title: 'A caricature',
      text: `More of what block9_project_bn sees in the photo, and nothing of what it does not see. The cosine between the features of both is ${(cosine[0] as number).toFixed(2)}, and those of the caricature are ${(gain[0] as number).toFixed(1)} times as long.`,
      pictures: [
        { picture: seen, caption: 'the photo' },
        { picture: picturesOf(images)[0] as Picture, caption: 'its caricature' },
      ],
    },
  ];
}
