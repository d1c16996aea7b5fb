import { existsSync } from 'node:fs';

/** Networks of keras.applications at full size, where `npm run study:keras` puts them. */
const folders = ['out/keras/keras3', 'out/keras/keras2'];
const names = ['MobileNetV2', 'ResNet50', 'EfficientNetB0'] as const;

/** A file of the study. */
export interface StudiedNetwork {
  readonly name: (typeof names)[number];
  readonly folder: string;
}

/** The networks of the study that are there; of the others it says how to make them. */
export function studiedNetworks(log: (line: string) => void): readonly StudiedNetwork[] {
  return names.flatMap((name) => {
    const folder = folders.map((path) => `${path}/${name}`).find((path) => existsSync(`${path}/model.keras`));
    if (folder) return [{ name, folder }];
    log(`${name} is not there: "npm run study:keras -- build ${name}" makes it, see examples/keras/README.md\n`);
    return [];
  });
}
