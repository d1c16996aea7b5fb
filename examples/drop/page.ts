import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import { decodeImage, loadNetwork, type Network, type Picture, preprocessing, useBackend } from 'vitrine';
import type { PreprocessingName } from 'vitrine/image';
import { explainPhoto } from './explainPhoto.ts';

const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const place = element('place');
const chooser = element<HTMLInputElement>('files');
const scale = element<HTMLSelectElement>('scale');
const status = element('status');

let network: Network | undefined;
let photo: Picture | undefined;

for (const name of Object.keys(preprocessing)) scale.append(new Option(name));
scale.value = 'tfhub';
const ready = useBackend(['webgpu', 'webgl', 'cpu']);

chooser.addEventListener('change', () => take([...(chooser.files ?? [])]));
scale.addEventListener('change', () => show());
place.addEventListener('dragover', (event) => {
  event.preventDefault();
  place.classList.add('over');
});
place.addEventListener('dragleave', () => place.classList.remove('over'));
place.addEventListener('drop', (event) => {
  event.preventDefault();
  place.classList.remove('over');
  take([...(event.dataTransfer?.files ?? [])]);
});

/** Opens what was dropped: pictures are photos, all else is the model. */
async function take(files: readonly File[]): Promise<void> {
  try {
    await ready;
    const pictures = files.filter(({ type }) => type.startsWith('image/'));
    const model = files.filter((file) => !pictures.includes(file));
    if (model.length > 0) await open(model);
    if (pictures[0]) photo = await decodeImage(pictures[0]);
    await show();
  } catch (error) {
    status.textContent = (error as Error).message;
  }
}

async function open(files: readonly File[]): Promise<void> {
  status.textContent = 'Opening the model …';
  const opened = await loadNetwork(files);
  network?.dispose();
  network = opened;
}

async function show(): Promise<void> {
  if (!network || !photo) {
    status.textContent = network ? 'A model. Now a photo.' : photo ? 'A photo. Now a model.' : 'No model yet.';
    return;
  }
  status.textContent = 'Looking …';
  const { picture, answer } = await explainPhoto(network, photo, scale.value as PreprocessingName);
  draw(picture);
  status.textContent = answer;
}

function draw({ width, height, data }: Picture): void {
  const canvas = element<HTMLCanvasElement>('map');
  Object.assign(canvas, { width, height });
  canvas.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(data), width, height), 0, 0);
}
