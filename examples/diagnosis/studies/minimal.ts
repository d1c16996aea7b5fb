import { type ClothesRow, studyClothes } from './minimal/clothes.ts';
import { type PhotoRow, studyPhoto } from './minimal/photo.ts';

type Print = (line: string) => void;

/** What the study hands over besides its tables. */
export interface MinimalFindings {
  readonly clothes: readonly ClothesRow[];
  readonly photo: readonly PhotoRow[];
  readonly sheets: Readonly<Record<string, Uint8Array>>;
}

/** How small a change turns the class: medians over clothes by attack, and one photo by every attack there is. */
export async function studyMinimal(print: Print): Promise<MinimalFindings> {
  const clothes = await studyClothes(print);
  const { rows, sheets } = await studyPhoto(print);
  return { clothes, photo: rows, sheets };
}
